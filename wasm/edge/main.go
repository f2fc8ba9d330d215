//go:build js && wasm

// Command edge is the share service as a Cloudflare Worker: the same handler as the native server's,
// on a KV namespace. The site's files are Workers static assets, which Cloudflare serves without
// starting this program; wrangler.jsonc says so.
//
// To build it and to run it on this machine, without an account or a network:
//
//	go run ./site/build -out dist
//	go run github.com/syumai/workers/cmd/workers-assets-gen -mode=go -o wasm/edge/build
//	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o wasm/edge/build/app.wasm ./wasm/edge
//	npm ci --prefix site/e2e
//	site/e2e/node_modules/.bin/wrangler dev --config wasm/edge/wrangler.jsonc
//
// Every request gets a fresh instance, so nothing is kept in memory between two requests.
package main

import (
	"log"

	"github.com/syumai/workers"

	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

// binding is the name of the KV namespace in wrangler.jsonc.
const binding = "RECEIPTS"

func main() {
	store, err := newStore(binding)
	if err != nil {
		log.Fatalf("edge: %v; bind a KV namespace as %s in wrangler.jsonc", err, binding)
	}
	workers.Serve(policy.Apply(share.Handler(store)))
}
