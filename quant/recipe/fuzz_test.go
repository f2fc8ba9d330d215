package recipe

import (
	"bytes"
	"testing"
)

// FuzzParse reads whatever comes; what is read comes back from its canonical form.
func FuzzParse(f *testing.F) {
	for _, r := range Presets() {
		doc, err := r.Canonical()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := Parse(doc)
		if err != nil {
			return
		}
		canonical, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(canonical)
		if err != nil {
			t.Fatalf("%s: %v", canonical, err)
		}
		if b, err := again.Canonical(); err != nil || !bytes.Equal(b, canonical) {
			t.Fatalf("%s becomes %s, %v", canonical, b, err)
		}
	})
}
