package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"layer1/conv é 漢字 →":       "layer1/conv é 漢字 →",
		"a\x1b[2Jb":                `a\x1b[2Jb`,
		"a\nb\tc":                  `a\nb\tc`,
		"\u009b31m":                `\u009b31m`,
		"abc\u202edef":             `abc\u202edef`,
		"a\u2028b":                 `a\u2028b`,
		"\xff\xfe":                 `\xff\xfe`,
		"\ufffd":                   "\ufffd",
		"\x7f\x00":                 `\x7f\x00`,
		"quantscope: \"x\" \\ 'y'": "quantscope: \"x\" \\ 'y'",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	if s := oneLine(errors.New("a\n b\x1b" + strings.Repeat("é", 5000))); !strings.HasPrefix(s, `a; b\x1bé`) || len([]rune(s)) != maxSentence+1 {
		t.Errorf("%d characters: %.20s", len([]rune(s)), s)
	}
}

// JSON stays the same document.
func TestPlainJSON(t *testing.T) {
	in := "a\u009b\x7f\u202e\U000e0001é\"\\\n"
	doc, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	shown := plainJSON(doc)
	for _, r := range string(shown) {
		if !unicode.IsGraphic(r) {
			t.Errorf("%q has %U", shown, r)
		}
	}
	var out string
	if err := json.Unmarshal(shown, &out); err != nil || out != in {
		t.Errorf("%q: %q %v", shown, out, err)
	}
}

// Nothing that a model or a host says reaches the terminal but as text.
func TestNoEscapes(t *testing.T) {
	const bad = "\x1b]0;title\x07\x1b[2J\nlogits\t0\u009b31m\u202e"
	dir := folder(t)
	m := smallModel()
	for i := range m.Graph.Nodes {
		m.Graph.Nodes[i].Name += bad
	}
	m.Graph.Nodes[0].Outputs[0] += bad
	m.Graph.Nodes[1].Inputs[0] += bad
	m.Graph.Outputs[0].Name += bad
	m.Graph.Nodes[4].Outputs[0] += bad
	put(t, filepath.Join(dir, "bad.onnx"), onnx.Encode(m))
	m.Graph.Nodes[1].OpType += bad
	put(t, filepath.Join(dir, "worse.onnx"), onnx.Encode(m))
	put(t, filepath.Join(dir, "images", "ant", bad[1:5]+".png"), []byte("no image"))
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		doc, _ := json.Marshal(map[string]string{"error": bad})
		w.Write(doc)
	}))
	defer host.Close()
	runs := [][]string{
		{"inspect", "bad.onnx"}, {"inspect", "bad.onnx", "--json"}, {"inspect", "worse.onnx"},
		{"quantize", "bad.onnx", "images", "--recipe", "small.json"},
		{"quantize", "bad.onnx", "images", "--recipe", "small.json", "--json", "--compare"},
		{"diagnose", "bad.onnx", "images", "--recipe", "small.json", "--items", "4"},
		{"run", "bad.onnx", bad},
		{bad},
		{"verify", host.URL + "/r/" + strings.Repeat("0", 64), "--model", "bad.onnx"},
	}
	for _, args := range runs {
		isPlain(t, dir, args...)
	}
	t.Run("case", func(t *testing.T) {
		isPlain(t, dir, "inspect", shared.Path(t, "cases", "rel-10-terminal-escapes", "esc.onnx"))
	})
}

// isPlain runs the command, whose output moves no cursor and has no line that a name made.
func isPlain(t *testing.T, dir string, args ...string) {
	t.Helper()
	_, out, err := call(t, dir, args...)
	for _, r := range out + err {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Errorf("%q: %U is written: %q", args, r, out+err)
			break
		}
	}
	if strings.Contains(out+err, "\nlogits 0") {
		t.Errorf("%q: a name makes a line: %s", args, out)
	}
}
