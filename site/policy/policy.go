// Package policy is the one place that says which HTTP headers the site is served with: the native
// server applies them, and the build writes them into a file from which Cloudflare applies them.
package policy

import (
	"net/http"
	"strings"
)

// Header is one response header.
type Header struct{ Name, Value string }

// Headers returns the headers of every response.
//
//   - COOP and COEP isolate the page, so that SharedArrayBuffer exists and workers share an arena.
//   - The Content-Security-Policy lets the page load and connect to its own origin only, so that no
//     request of ours, be it by mistake, takes a model elsewhere. It is no cage for hostile code:
//     browsers let a page navigate away, with bytes in the address, and open WebRTC connections; there
//     is no script in this page but our own. 'wasm-unsafe-eval' permits compiling WebAssembly and
//     nothing else; blob: is for pictures of the user's own images.
func Headers() []Header {
	return []Header{
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Embedder-Policy", "require-corp"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Content-Security-Policy", strings.Join([]string{
			"default-src 'none'",
			"script-src 'self' 'wasm-unsafe-eval'",
			"worker-src 'self'",
			"connect-src 'self'",
			"img-src 'self' blob: data:",
			"style-src 'self'",
			"base-uri 'none'",
			"form-action 'none'",
			"frame-ancestors 'none'",
		}, "; ")},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
	}
}

// Apply returns next with the headers set on every response.
func Apply(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range Headers() {
			w.Header().Set(h.Name, h.Value)
		}
		next.ServeHTTP(w, r)
	})
}
