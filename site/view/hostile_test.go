//go:build js

package view

import (
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/receipt/receipttest"
	"github.com/quantscope/quantscope/site/store"
)

// What a stranger writes into a receipt is refused with a sentence, or shown as text: it adds no element, no attribute
// that runs, no link of another scheme, and no script is run.
func TestHostileReceipts(t *testing.T) {
	from := show(t)
	from.open()
	from.run(1)
	_, raw, err := from.State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	d := show(t)
	elements := func() int { return document("querySelectorAll", "main *").Length() }
	open := func(raw []byte) {
		id := receipt.Sum(raw)
		d.do(store.OpenClaim{ID: id}, store.Fetched{ID: id, Receipt: raw})
	}
	taken := 0
	for field, put := range receipttest.Fields() {
		usual, err := parsed(raw)
		if err != nil {
			t.Fatal(err)
		}
		put(&usual, "text")
		if doc, err := usual.Canonical(); err == nil {
			open(doc)
		}
		want := elements()
		for _, text := range receipttest.Hostile() {
			r, err := parsed(raw)
			if err != nil {
				t.Fatal(err)
			}
			put(&r, text)
			doc, err := r.Canonical()
			if err != nil {
				continue // nobody can send it; what is sent all the same is refused by the same rules
			}
			taken++
			open(doc)
			if d.State().Claim.Receipt == nil {
				t.Errorf("%s, %q: %s", field, text, d.State().Claim.Problem)
			}
			if n := elements(); n != want {
				t.Errorf("%s, %q: %d elements, %d with a plain text", field, text, n, want)
			}
			if n := document("querySelectorAll", "main script, main img, main iframe, main form, main base, main style, main [onerror], main [onload], main [onfocus], main [onmouseover]").Length(); n != 0 {
				t.Errorf("%s, %q: %d elements of its own", field, text, n)
			}
			links := document("querySelectorAll", "main a[href]")
			for i := range links.Length() {
				if p := links.Index(i).Get("protocol").String(); p != "http:" && p != "https:" {
					t.Errorf("%s, %q: a link of %s", field, text, p)
				}
			}
			if js.Global().Get("owned").Truthy() || js.Global().Get("window").Get("owned").Truthy() {
				t.Fatalf("%s, %q was run", field, text)
			}
		}
	}
	if taken < 50 {
		t.Errorf("%d receipts were shown: the table tries nothing", taken)
	}
}

func parsed(raw []byte) (receipt.Receipt, error) {
	r, err := receipt.Parse(raw)
	if err != nil {
		return receipt.Receipt{}, err
	}
	return *r, nil
}
