//go:build js && wasm

// Command edge is the share service as a Cloudflare Worker: the same handler as the native server's, on
// a Durable Object. The site's files are Workers static assets, which Cloudflare serves without this
// program; wrangler.jsonc says so. make edge builds it and runs it on this machine, without an account
// or a network; to deploy it:
//
//	make edge-build
//	cd site/edge && ../e2e/node_modules/.bin/wrangler deploy
package main

import (
	"log"
	"net/http"
	"syscall/js"

	"github.com/syumai/workers"

	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

func main() {
	namespace, err := bound("RECEIPTS")
	if err != nil {
		log.Fatal("edge: ", err)
	}
	ceiling, err := bound("CEILING")
	if err != nil {
		log.Fatal("edge: ", err)
	}
	bytes := js.Global().Get("Number").Invoke(ceiling).Int() // wrangler --var makes it a string
	stores, err := bound("STORES")
	if err != nil {
		log.Fatal("edge: ", err)
	}
	service := policy.Apply(share.Handler(objectStore{namespace, bytes}, platformLimiter{stores}))
	workers.ServeNonBlock(ownBodies(inOnePiece(service)))
	workers.Ready()
	select {} // worker.mjs brings requests
}

// inOnePiece gives JavaScript an answer's body as one array, and not through a stream that Go has to
// feed: the handler's answers are whole when they are written. (The streams of workers end the program
// after the first one.)
func inOnePiece(next http.Handler) http.Handler {
	array := js.Global().Get("Uint8Array")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(writer{w, w.(rawBody), array}, r)
	})
}

// rawBody is what the ResponseWriter of workers can do besides.
type rawBody interface{ WriteRawJSBody(js.Value) }

type writer struct {
	http.ResponseWriter
	raw   rawBody
	array js.Value
}

func (w writer) Write(b []byte) (int, error) {
	body := w.array.New(len(b))
	js.CopyBytesToJS(body, b)
	w.raw.WriteRawJSBody(body)
	return len(b), nil
}
