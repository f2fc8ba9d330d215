package receipt

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestBadge(t *testing.T) {
	r := sample(t)
	for want, change := range map[string]func(*Receipt){
		"top-1 62.2 % → 62.8 %, n 500": func(*Receipt) {},
		"96.0 % as float, n 500": func(r *Receipt) {
			r.Metrics.Labelled, r.Metrics.Top1Float, r.Metrics.Top1Quant, r.Metrics.Top1Integer = 0, 0, 0, 0
		},
	} {
		got := *r
		change(&got)
		b, err := got.Badge()
		if err != nil {
			t.Fatal(err)
		}
		digest, _ := got.Digest()
		text := string(b)
		if !strings.Contains(text, ">"+want+"<") || !strings.Contains(text, ">"+digest[:8]+"<") || !strings.Contains(text, digest) {
			t.Errorf("%s: %s", want, text)
		}
		if strings.Contains(text, "squeezenet") {
			t.Error("the badge has foreign text")
		}
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}
