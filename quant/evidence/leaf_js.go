package evidence

import (
	"hash"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/merkle"
	"github.com/quantscope/quantscope/quant/promise"
)

// leaf is the digest of an item that comes in pieces. Some length is left to the browser, which has the processor's own
// instructions for it and does it beside the caller's thread, where Go's WebAssembly takes a second for 100 MB.
type leaf struct {
	hash   hash.Hash // nil while the browser is to do it
	pieces []js.Value
	bytes  int
}

// longest is how much is kept for the browser, which takes an item in one piece.
const longest = 16 << 20

func newLeaf() *leaf {
	l := &leaf{}
	if !js.Global().Get("crypto").Get("subtle").Truthy() { // the page came without TLS
		l.hash = merkle.NewLeaf()
		return l
	}
	l.Write([]byte{0}) // as merkle.NewLeaf
	return l
}

func (l *leaf) Write(b []byte) (int, error) {
	if l.hash == nil && l.bytes+len(b) > longest {
		l.hash = l.inGo()
	}
	if l.hash != nil {
		return l.hash.Write(b)
	}
	piece := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(piece, b)
	l.pieces, l.bytes = append(l.pieces, piece), l.bytes+len(b)
	return len(b), nil
}

// inGo hashes the pieces here and lets them go.
func (l *leaf) inGo() hash.Hash {
	h := merkle.NewLeaf()
	for i, piece := range l.pieces {
		b := make([]byte, piece.Length())
		js.CopyBytesToGo(b, piece)
		if i > 0 { // NewLeaf has written the first
			h.Write(b)
		}
	}
	l.pieces = nil
	return h
}

// digest waits for the browser; the caller is no callback of JavaScript.
func (l *leaf) digest() (d merkle.Hash) {
	if l.hash != nil {
		return merkle.Hash(l.hash.Sum(nil))
	}
	item := js.Global().Get("Uint8Array").New(l.bytes)
	at := 0
	for _, piece := range l.pieces {
		item.Call("set", piece, at)
		at += piece.Length()
	}
	sum, err := promise.Await(js.Global().Get("crypto").Get("subtle").Call("digest", "SHA-256", item))
	if err != nil {
		return merkle.Hash(l.inGo().Sum(nil))
	}
	js.CopyBytesToGo(d[:], js.Global().Get("Uint8Array").New(sum))
	return d
}
