//go:build js && wasm

package main

import (
	"io"
	"net/http"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
)

// ownBodies gives the handler bodies that leave nothing behind. Those of workers keep a callback of every read, for good: two
// of each receipt that is stored, with all that they refer to, in Go and in JavaScript.
func ownBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b, ok := r.Body.(interface{ GetRawJSBody() js.Value }); ok {
			r.Body = &body{reader: b.GetRawJSBody().Call("getReader")}
		}
		next.ServeHTTP(w, r)
	})
}

// body is a request's ReadableStream.
type body struct {
	reader js.Value
	chunk  []byte // what is read of the stream and not by Go
	ended  bool
}

func (b *body) Read(p []byte) (int, error) {
	for len(b.chunk) == 0 {
		if b.ended {
			return 0, io.EOF
		}
		next, err := promise.Await(b.reader.Call("read"))
		if err != nil {
			return 0, err
		}
		if b.ended = next.Get("done").Bool(); !b.ended {
			b.chunk = make([]byte, next.Get("value").Get("byteLength").Int())
			js.CopyBytesToGo(b.chunk, next.Get("value"))
		}
	}
	n := copy(p, b.chunk)
	b.chunk = b.chunk[n:]
	return n, nil
}

// Close leaves the rest to the platform, as the end of the request does.
func (b *body) Close() error { return nil }
