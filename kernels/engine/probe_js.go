package engine

import (
	"syscall/js"

	"github.com/quantscope/quantscope/kernels/call"
)

// ProbeDot finds how this machine multiplies bytes: DotU8 or DotS8 where the browser has the relaxed
// dot product and it reads its second operand so, exactly; otherwise DotI16. It takes well under a
// millisecond.
func ProbeDot() (dot call.Dot) {
	defer func() {
		if recover() != nil { // whatever fails here, DotI16 works
			dot = call.DotI16
		}
	}()
	array := js.Global().Get("Uint8Array")
	module := probeModule()
	code := array.New(len(module))
	js.CopyBytesToJS(code, module)
	wasm := js.Global().Get("WebAssembly")
	if !wasm.Call("validate", code).Bool() {
		return call.DotI16
	}
	records := probeInput()
	n := pages(uint32(len(records)))
	memory := newMemory(map[string]any{"initial": n, "maximum": n})
	exports := instantiate(wasm.Get("Module").New(code), memory)
	view := array.New(memory.Get("buffer"), 0, len(records))
	js.CopyBytesToJS(view, records)
	exports.Call("run", probeVectors)
	js.CopyBytesToGo(records, view)
	return judge(records)
}
