// Package policy is the one place that says which HTTP headers the site is served with: the native
// server applies them, and the build writes them into a file from which Cloudflare applies them.
package policy

import (
	"net/http"
	"strings"

	"github.com/quantscope/quantscope/site/sources"
)

// Header is one response header.
type Header struct{ Name, Value string }

// Headers returns the headers of every response.
//
//   - COOP and COEP isolate the page, so that SharedArrayBuffer exists and workers share an arena.
//   - The Content-Security-Policy lets the page load from its own origin only, and connect to that and to the few
//     hosts of public models from which a user may fetch one, so that no request of ours, be it by mistake, takes
//     a model elsewhere. It is no cage for hostile code:
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
			"connect-src 'self'" + elsewhere(),
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

// elsewhere are the hosts that models may be fetched from.
func elsewhere() string {
	out := ""
	for _, host := range append(sources.Hosts(), sources.Redirects()...) {
		out += " https://" + host
	}
	return out
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
