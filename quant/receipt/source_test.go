package receipt

import (
	"strings"
	"testing"
)

// hosts are what links lead to; "" is a link that is refused.
var hosts = map[string]string{
	"https://example.org/models/net.onnx":          "example.org",
	"http://localhost:8080/net.onnx?raw=1#x":       "localhost:8080",
	"https://[::1]:8/n":                            "[::1]:8",
	"https://h":                                    "h",
	"https://xn--bcher-kva.example/a%20b":          "xn--bcher-kva.example",
	"javascript:alert(1)":                          "",
	"JaVaScRiPt://example.org/%0aalert(1)":         "",
	"data:text/html,<script>alert(1)</script>":     "",
	"//example.org/net.onnx":                       "",
	"ftp://example.org/net.onnx":                   "",
	"https://":                                     "",
	"https:///net.onnx":                            "",
	"https://..":                                   "",
	"https://user@evil.example/":                   "",
	"https://example.org@evil.example/":            "",
	"https://example.org\\@evil.example/":          "",
	"https://example.org/\"onmouseover=alert(1)":   "",
	"https://example.org/ x":                       "",
	"https://example.org/\n":                       "",
	"https://example.org/\u202egnp.exe":            "",
	"https://b\u00fccher.example/":                 "",
	"https://example.org/'><img src=x>":            "",
	"https://" + strings.Repeat("a", 400) + ".org": "",
	"": "",
}

func TestSource(t *testing.T) {
	for link, host := range hosts {
		err := CheckSource(link)
		if (err == nil) != (host != "") || err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 300) {
			t.Errorf("%q: %v", link, err)
		}
		if got := (Model{Source: link}).SourceHost(); err == nil && got != host {
			t.Errorf("%q leads to %q", link, got)
		}
		r := sample(t)
		r.Model.Source = link
		doc, err := r.Canonical()
		if (err == nil) != (host != "" || link == "") {
			t.Errorf("a receipt with %q: %v", link, err)
		}
		if err != nil {
			continue
		}
		if back, err := Parse(doc); err != nil || back.Model.Source != link {
			t.Errorf("%q came back as %v, %v", link, back, err)
		}
	}
	old := sample1(t)
	old.Model.Source = "https://h"
	if _, err := old.Canonical(); err == nil {
		t.Error("version 1 has a source")
	}
}
