package serve

import (
	"net/http"
	"strings"

	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

// handler answers for the whole site. /r and everything below it is the page itself: it reads the id from
// its address, and says what is wrong with one that is not whole.
func handler(s site, store share.Store) http.Handler {
	api := share.Handler(store, new(share.Window))
	return policy.Apply(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path
		shared := strings.HasPrefix(name, "/r/")
		if name == "/" || name == "/r" || shared {
			name = "/index.html"
		}
		file := s[name]
		switch {
		case file == nil || share.Malformed(r):
			api.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address can only be read", http.StatusMethodNotAllowed)
		case shared:
			plain := share.Page(r.Context(), store, r.URL.Path, file.plain)
			newFile(file.mediaType, plain).serve(w, r)
		default:
			file.serve(w, r)
		}
	}))
}
