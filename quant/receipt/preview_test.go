package receipt

import (
	"strings"
	"testing"
)

func TestStrangersWordsAreQuoted(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"verified ✓ by Quantscope", "“verified ✓ by Quantscope”"},
		{"m.onnx” is verified “by", "“m.onnx' is verified 'by”"},
		{"a\u202eb\x1b[2Jc\n", "“ab[2Jc”"},
		{strings.Repeat("é", 200), "“" + strings.Repeat("é", maxQuoted) + "…”"},
	} {
		if got := Quoted(c.text); got != c.want {
			t.Errorf("%q is quoted as %s, want %s", c.text, got, c.want)
		}
	}
}

func TestPreview(t *testing.T) {
	r := sample(t)
	r.Model.Name, r.Recipe.Name = `a"b</title><script>.onnx`, "per tensor & signed"
	got := string(r.Preview())
	for _, want := range []string{
		"<title>“a&#39;b&lt;/title&gt;&lt;script&gt;.onnx”, recipe “per tensor &amp; signed”: " + r.Metrics.badge() + " · Quantscope</title>",
		`<meta property="og:title" content="“a&#39;b`,
		"Reported by the sender.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nhas no %s", got, want)
		}
	}
	if strings.Count(got, "<") != 5+1 { // five elements, one of which ends
		t.Errorf("foreign text makes elements: %s", got)
	}
	r.Model.Name, r.Recipe.Name = "", ""
	if got := string(r.Preview()); !strings.HasPrefix(got, "<title>model "+r.Model.SHA256[:8]+": ") {
		t.Errorf("%s", got)
	}
}
