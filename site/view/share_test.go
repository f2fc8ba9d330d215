//go:build js

package view

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestFormats(t *testing.T) {
	d := show(t)
	d.do(store.Started{Engine: protocol.Engine{Formats: []protocol.Format{
		{Name: "qdq", Backend: "qdq"}, {Name: "snpe", About: "For SNPE.", Backend: "snpe"}, {Name: "qoperator", About: "Own.", Backend: "qdq"},
	}}})
	d.open()
	d.run(1)
	d.do(store.Go{Place: store.AtExport})
	list := document("querySelectorAll", ".format-list li")
	if list.Length() != 2 || !strings.HasPrefix(list.Index(0).Get("textContent").String(), "qoperatorfor this recipe") {
		t.Fatalf("%d formats, first %s", list.Length(), list.Index(0).Get("textContent").String())
	}
	d.button("Download snpe").Call("click")
	frames()
	job := d.State().Jobs[0]
	if job.Kind != protocol.Export.Kind || !d.button("Download qoperator").Get("disabled").Bool() {
		t.Errorf("the button started %v", job)
	}
	d.do(store.Exported{Job: job.ID, File: protocol.File{Name: "net.snpe.zip", Notes: []string{"A note."}}, Size: 2000})
	if !d.says("net.snpe.zip, 2.00 kB.") || !d.says("A note.") {
		t.Error("the file is not named")
	}
	if got := d.one(".command code").Get("textContent").String(); !strings.HasPrefix(got, "go run ./quant/cmd/quantscope quantize") {
		t.Errorf("the command is %s", got)
	}
}

func TestShareDialogShowsTheReceiptAndSendsNothing(t *testing.T) {
	d := show(t)
	d.open()
	d.run(1)
	d.effects = nil
	d.button("Share").Call("click")
	frames()
	receiptText := d.one(".receipt").Get("textContent").String()
	for _, want := range []string{digest("a"), digest("1"), digest("2"), digest("3"), "top-1 30 → 29 (on integers 30) of 36", "file name not told"} {
		if !strings.Contains(receiptText, want) {
			t.Errorf("the dialog does not show %q", want)
		}
	}
	if len(d.effects) != 0 {
		t.Fatalf("opening the dialog did %T", d.effects[0])
	}
	d.button("Copy full link").Call("click")
	frames()
	copied, ok := d.effects[0].(store.CopyText)
	if packed, linked := receipt.Linked(copied.Text); !ok || !linked || !strings.HasPrefix(copied.Text, "http://127.0.0.1:8080/#") {
		t.Errorf("copied %v", d.effects)
	} else if back, err := receipt.Unpack(packed); err != nil || back.Digests.Logits != digest("2") {
		t.Errorf("the full link holds %v, %v", back, err)
	}
	d.do(store.Copied{OK: true})
	d.button("Copied")
	d.effects = nil
	d.button("Create short link").Call("click")
	frames()
	if _, ok := d.effects[0].(store.PostReceipt); !ok || len(d.effects) != 1 {
		t.Fatalf("effects %v", d.effects)
	}
	d.do(store.Stored{ID: digest("f"), Key: "KEY"})
	if !d.says("This key deletes it, and is not shown again: KEY") {
		t.Error("the key is not shown")
	}
	if got := d.one("#share-link").Get("value").String(); got != "http://127.0.0.1:8080/r/"+digest("f") {
		t.Errorf("the link is %s", got)
	}
	d.effects = nil
	d.button("Delete from this server").Call("click")
	frames()
	if deletion, ok := d.effects[0].(store.DeleteReceipt); !ok || deletion != (store.DeleteReceipt{ID: digest("f"), Key: "KEY"}) {
		t.Errorf("effects %v", d.effects)
	}
	d.do(store.Deleted{})
	d.button("Create short link")
	d.button("Close").Call("click")
	frames()
	if document("querySelector", "dialog").Truthy() {
		t.Error("the dialog stays")
	}
}

func TestClaim(t *testing.T) {
	from := show(t)
	from.open()
	from.run(1)
	r, raw, err := from.State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	d := show(t)
	id := receipt.Sum(raw)
	d.do(store.OpenClaim{ID: id})
	d.do(store.Fetched{ID: id, Receipt: raw, SampleSHA256: digest("a")})
	if !d.says("reported by the sender, not checked here") || !d.says("Drop your copy of the model to check this result") {
		t.Error("the claim is not marked as reported")
	}
	m := r.Metrics
	if m.Labelled == 0 || !d.says("of n = "+phrase.Count(int64(m.Labelled))+interval(m.Top1Quant, m.Labelled)) {
		t.Error("the top-1 has no interval")
	}
	if got := interval(401, 500); got != " (95 % interval "+phrase.Percent(.765)+" to "+phrase.Percent(.835)+")" {
		t.Errorf("401 of 500: %s", got)
	}
	d.button("Use the built-in sample")
	d.do(store.Dropped{Files: []store.File{file("m.onnx"), file("a.png")}})
	d.do(store.Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}}, store.Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	got := *r
	got.Digests.Logits = digest("0")
	d.do(store.Verified{Job: 3, Verification: receipt.Compare(r, &receipt.Local{Receipt: got})})
	if d.one(".verdict").Get("className").String() != "verdict differs" || !d.says(digest("0")) {
		t.Error("the difference is not shown")
	}
	if n := document("querySelectorAll", ".step.match").Length(); n != 7 {
		t.Errorf("%d steps match, want 7: all but the logits", n)
	}
	if n := document("querySelectorAll", ".figure .mark.match").Length(); n != 3 {
		t.Errorf("%d cards say that their figures are the same, want 3: only the logits differ", n)
	}
	if d.says("not checked here") || d.says("Nothing is checked here") {
		t.Error("the page says that nothing was checked when the figures were")
	}
}
