package phrase

import (
	"math"
	"testing"
)

func TestTexts(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Bytes(0), "0 B"},
		{Bytes(999), "999 B"},
		{Bytes(1000), "1.00 kB"},
		{Bytes(4984321), "4.98 MB"},
		{Bytes(99960000), "100 MB"},
		{Bytes(999_600_000), "1.00 GB"},
		{Count(7), "7"},
		{Count(1235496), "1\u202f235\u202f496"},
		{Count(-1000), "−1\u202f000"},
		{Percent(0.7123), "71.2\u202f%"},
		{Percent(math.NaN()), "–"},
		{Share(0, 10), "0.00\u202f%"},
		{Share(1, 1_000_000), "<\u202f0.05\u202f%"},
		{Share(3, 1000), "0.30\u202f%"},
		{Share(999_999, 1_000_000), ">\u202f99.95\u202f%"},
		{Share(1, 4), "25.0\u202f%"},
		{Times(11.04), "11×"},
		{Times(567_000), "567\u202f000×"},
		{Times(5.7e8), "5.7·10⁸×"},
		{Small(0), "0"},
		{Small(0.25), "0.25"},
		{Small(3.14e-7), "3.1·10⁻⁷"},
		{Small(2e10), "2.0·10¹⁰"},
		{Points(-0.0081), "−0.8 points"},
		{Points(0.0001), "±0 points"},
		{Points(0.012), "+1.2 points"},
		{Smaller(1000, 270), "−73\u202f%"},
		{Smaller(0, 10), "–"},
		{Decibels(38.24), "38.2 dB"},
		{Decibels(-3), "−3.0 dB"},
		{Decibels(-0.04), "0.0 dB"},
		{Decibels(math.Inf(1)), "exact"},
		{Shape([]int{1, 3, 224, 224}, true), "N×3×224×224"},
		{Shape([]int{1, 10}, false), "1×10"},
		{Shape(nil, false), "scalar"},
		{Seconds(0.2), "1 s"},
		{Seconds(-1), "0 s"},
		{Seconds(80), "1 min 20 s"},
		{Seconds(120), "2 min"},
		{Seconds(719), "12 min"},
		{Plural(1, "image", "images"), "1 image"},
		{Plural(4000, "image", "images"), "4\u202f000 images"},
		{Digest("sha256:0123456789abcdef"), "0123456789ab…"},
		{Digest("abc"), "abc"},
		{Rough(-2.1179), "−2.12"},
		{Float(-0.018731), "−0.018731"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
