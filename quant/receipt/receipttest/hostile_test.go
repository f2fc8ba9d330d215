package receipttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/quantscope/quantscope/quant/receipt"
)

// A hostile text is refused, or is in a preview and a badge as text and as nothing else.
func TestHostileTexts(t *testing.T) {
	docs, err := filepath.Glob("../../testdata/receipts/*-2*.json")
	if err != nil || len(docs) == 0 {
		t.Fatalf("%v, %d receipts", err, len(docs))
	}
	doc, err := os.ReadFile(docs[0])
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for field, put := range Fields() {
		for _, text := range Hostile() {
			r, err := receipt.Parse(doc)
			if err != nil {
				t.Fatal(err)
			}
			put(r, text)
			whole, err := r.Canonical()
			if err != nil {
				if s := err.Error(); len(s) > 600 || strings.ContainsFunc(s, unicode.IsControl) {
					t.Errorf("%s, %.40q is refused with %q", field, text, s)
				}
				continue
			}
			taken++
			back, err := receipt.Parse(whole)
			if err != nil {
				t.Fatalf("%s, %q: %v", field, text, err)
			}
			badge, err := back.Badge()
			if err != nil {
				t.Fatal(err)
			}
			preview := string(back.Preview())
			for _, shown := range []string{preview, string(badge), receipt.Quoted(text)} {
				if strings.ContainsFunc(strings.ReplaceAll(shown, "\n", ""), func(c rune) bool { return !unicode.IsPrint(c) }) {
					t.Errorf("%s, %q: unprintable in %q", field, text, shown)
				}
			}
			if n := strings.Count(preview, "<"); n != 6 || strings.Count(preview, `"`) != 4*4 {
				t.Errorf("%s, %q makes the preview %s", field, text, preview)
			}
		}
	}
	if taken < 50 {
		t.Errorf("%d receipts were taken: the table tries nothing", taken)
	}
}
