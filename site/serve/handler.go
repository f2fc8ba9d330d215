package main

import (
	"net/http"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

// handler answers for the whole site. A shared link, /r/{id}, is the page itself: it reads the id
// from its address.
func handler(s site, store share.Store) http.Handler {
	api := share.Handler(store)
	return policy.Apply(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch id, link := strings.CutPrefix(path, "/r/"); {
		case strings.HasPrefix(path, share.Prefix):
			api.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address can only be read", http.StatusMethodNotAllowed)
		case path == "/", link && receipt.IsDigest(id):
			s.serve(w, r, "/index.html")
		default:
			s.serve(w, r, path)
		}
	}))
}
