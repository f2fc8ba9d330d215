// Package phrase puts into words what people read of networks, recipes and results: numbers with their
// units, a result in a sentence, a recipe by what was changed of it. The page and the command say the same.
package phrase

import (
	"math"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/report"
)

// Bytes writes a size with the decimal unit that keeps three digits: 812 B, 4.98 MB.
func Bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB"}
	x, u := float64(n), 0
	for x >= 999.5 && u < len(units)-1 {
		x /= 1000
		u++
	}
	if u == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return digits(x) + " " + units[u]
}

// Count writes a number with thin thousands groups: 1 235 496.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	var groups []string
	for len(s) > 3 {
		groups = append([]string{s[len(s)-3:]}, groups...)
		s = s[:len(s)-3]
	}
	return sign + strings.Join(append([]string{s}, groups...), "\u202f")
}

// Percent writes a ratio of 0 to 1 with one decimal: 71.2 %.
func Percent(ratio float64) string {
	if math.IsNaN(ratio) {
		return "–"
	}
	return strconv.FormatFloat(100*ratio, 'f', 1, 64) + "\u202f%"
}

// Share writes a/b in percent with as many digits as show that it is neither none nor all.
func Share(a, b int) string {
	ratio := float64(a) / float64(max(b, 1))
	switch {
	case a > 0 && ratio < 0.0005:
		return "<\u202f0.05\u202f%"
	case a < b && ratio > 0.9995:
		return ">\u202f99.95\u202f%"
	case ratio < 0.01:
		return strconv.FormatFloat(100*ratio, 'f', 2, 64) + "\u202f%"
	}
	return Percent(ratio)
}

// Times writes a factor: 3.4×.
func Times(x float64) string { return Small(x) + "×" }

// Small writes a number that may be very small or large: 3.1·10⁻⁷.
func Small(x float64) string {
	if math.Abs(x) >= 1000 && math.Abs(x) < 1e6 {
		return Count(int64(math.Round(x)))
	}
	if x == 0 || math.Abs(x) >= 1e-3 && math.Abs(x) < 1e6 {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', 1, 64), "e")
	digits := strings.NewReplacer("-", "⁻", "+", "", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	sign := exponent[:1]
	exponent = strings.TrimLeft(exponent[1:], "0")
	return mantissa + "·10" + digits.Replace(sign+exponent)
}

// Points writes the difference of two ratios in percentage points, signed: −0.8 points.
func Points(ratio float64) string {
	if math.IsNaN(ratio) {
		return "–"
	}
	return signed(100*ratio, 1) + " points"
}

// Smaller writes how much is saved from before to after: −73 %.
func Smaller(before, after int64) string {
	if before <= 0 {
		return "–"
	}
	return signed(100*(float64(after)/float64(before)-1), 0) + "\u202f%"
}

// Decibels writes an SQNR: 38.2 dB. A layer without any error has an infinite one.
func Decibels(db float64) string {
	switch {
	case math.IsNaN(db):
		return "–"
	case db >= report.LimitSQNR:
		return "exact"
	case db <= -report.LimitSQNR:
		return "no signal"
	}
	out := strconv.FormatFloat(db, 'f', 1, 64)
	if out == "-0.0" {
		out = "0.0"
	}
	return strings.Replace(out, "-", "−", 1) + " dB"
}

// Float writes a float32 with the digits that matter to a reader: 0.01873.
func Float(x float32) string {
	return strings.Replace(strconv.FormatFloat(float64(x), 'g', 5, 32), "-", "−", 1)
}

// Rough writes a float32 with three digits, where there is little room: 2.12.
func Rough(x float32) string {
	return strings.Replace(strconv.FormatFloat(float64(x), 'g', 3, 32), "-", "−", 1)
}

// Shape writes dimensions as N×3×224×224; batch makes the first one N.
func Shape(dims []int, batch bool) string {
	if len(dims) == 0 {
		return "scalar"
	}
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = strconv.Itoa(d)
	}
	if batch {
		words[0] = "N"
	}
	return strings.Join(words, "×")
}

// Duration writes what takes less than seconds: 12 µs, 0.35 ms, 14.2 ms.
func Duration(seconds float64) string {
	if seconds < 1e-4 {
		return Significant(1e6*seconds, 2) + " µs"
	}
	return Significant(1e3*seconds, 3) + " ms"
}

// Significant writes so many digits of a number that is neither huge nor tiny.
func Significant(x float64, digits int) string {
	if x == 0 {
		return "0"
	}
	after := max(digits-1-int(math.Floor(math.Log10(math.Abs(x)))), 0)
	return strconv.FormatFloat(x, 'f', after, 64)
}

// Seconds writes a time left or spent, coarser as it grows: 4 s, 1 min 20 s, 12 min.
func Seconds(s float64) string {
	switch n := int(math.Ceil(s)); {
	case n < 60:
		return strconv.Itoa(max(n, 0)) + " s"
	case n < 300:
		if r := n % 60; r > 0 {
			return strconv.Itoa(n/60) + " min " + strconv.Itoa(r) + " s"
		}
		return strconv.Itoa(n/60) + " min"
	default:
		return strconv.Itoa((n+30)/60) + " min"
	}
}

// Plural writes a count with its noun: 1 image, 40 images.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(int64(n)) + " " + many
}

// Digest shortens a hexadecimal digest to its head, enough to compare by eye.
func Digest(hex string) string {
	hex = strings.TrimPrefix(hex, "sha256:")
	if len(hex) > 12 {
		return hex[:12] + "…"
	}
	return hex
}

// digits keeps three significant digits.
func digits(x float64) string {
	switch {
	case x < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
}

func signed(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	switch {
	case strings.Trim(s, "0.") == "":
		return "±0"
	case x < 0:
		return "−" + s
	}
	return "+" + s
}
