package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// A receipt of another release is checked by that release's engine where the site has it, and anything else by the
// page's own.
func TestClaimOfAnotherReleaseIsCheckedByIt(t *testing.T) {
	from := finished(t)
	from.state.Result.Receipt.Engine = receipt.Engine("0.0.1")
	d, r := claimed(t, from)
	d.Dispatch(Dropped{Files: []File{file("copy.onnx")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	d.Dispatch(Verified{Job: 2, Verification: receipt.Compare(r, &receipt.Local{Receipt: *r})})
	if release, foreign := d.State().Claim.Foreign(); !foreign || release != "0.0.1" {
		t.Fatalf("%q, %v", release, foreign)
	}
	d.taken()
	d.Dispatch(UseEngine{})
	if got := d.effects[len(d.effects)-1]; got != (FindEngine{"0.0.1"}) {
		t.Fatalf("%+v", got)
	}
	d.taken()
	d.Dispatch(EngineFound{Release: "0.0.1"})
	if p := d.State().Problem; p == nil || !strings.Contains(p.What, "0.0.1") || d.taken() != "" || d.State().Checker() != "" {
		t.Errorf("a site without it: %+v", p)
	}
	files := EngineFiles{"0.0.1", "core-0123456789abcdef.wasm", "wasm_exec-0123456789abcdef.js"}
	d.Dispatch(EngineFound{Release: "0.0.1", Files: files})
	if got := d.taken(); got != "Restart, post open, post verify" || d.State().Checker() != "0.0.1" {
		t.Fatalf("%s, %q", got, d.State().Checker())
	}
	// What is not of that engine's does not stay with it.
	d.Dispatch(Fork{})
	if got := d.taken(); !strings.HasPrefix(got, "Restart") || d.State().Checker() != "" {
		t.Errorf("%s, %q", got, d.State().Checker())
	}
	d, _ = claimed(t, from)
	d.state.foreign = files
	d.Dispatch(Crash{Why: "too old"})
	if got := d.taken(); got != "Restart" || d.State().Checker() != "" || d.State().Problem == nil {
		t.Errorf("%s, %q", got, d.State().Checker())
	}
}
