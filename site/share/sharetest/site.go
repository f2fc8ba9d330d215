package sharetest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
)

// Page is an index.html for Site.
const Page = "<!doctype html>\n<title>Quantscope</title>\n<script src=\"./boot.js\"></script>the page"

// Below is Page below /r/.
var Below = strings.Replace(Page, `"./`, `"/`, 1)

// Site checks what a server of the whole site, with Page as its index.html, does outside the service. Every answer,
// also to what is hardly a request, has the site's headers.
func Site(t *testing.T, base string) {
	c := newClient(base)
	for _, path := range []string{"/", "/r/" + receipt.Sum(nil), "/r/abc", "/r/", "/r", "/r/a/b", "/r/a%20b"} {
		a := c.do(t, http.MethodGet, path, nil)
		want := Below
		if path == "/" || path == "/r" { // what stands beside the page stands beside these
			want = Page
		}
		if a.status != http.StatusOK || string(a.body) != want || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s %q", path, a.status, a.header.Get("Content-Type"), a.body)
		}
		checkPolicy(t, a)
		a = c.do(t, http.MethodPost, path, nil)
		if a.status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: status %d", path, a.status)
		}
		checkPolicy(t, a)
	}
	doc, id := fresh(t)
	store(t, c, doc, http.StatusCreated)
	want := strings.Replace(Below, "<title>Quantscope</title>\n", string(previewOf(t, doc)), 1)
	if a := c.do(t, http.MethodGet, "/r/"+id, nil); a.status != http.StatusOK || string(a.body) != want {
		t.Errorf("a stored receipt's page: %d %q", a.status, a.body)
	} else {
		checkPolicy(t, a)
	}
	for _, path := range []string{"/rest", "/nothing", "/_headers", "/.assetsignore", "/samples/", "/..%2fgo.mod", "/api"} {
		checkError(t, c.do(t, http.MethodGet, path, nil), http.StatusNotFound, path)
	}
	// Addresses that Go's client would not send.
	for _, path := range []string{"/%", "/%zz", collection + "/%", "/api/%zz", "/api/%2", "/r/%g0", "/r/%"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			checkError(t, c.raw(t, method+" "+path+" HTTP/1.1"), http.StatusBadRequest, method+" "+path)
		}
	}
}
