package share

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"runtime/debug"
	"strconv"
)

// maxDrain bounds what is read of a body that the handler did not want.
const maxDrain = 4 << 20

// whole makes next's answer reach the client whole or as a 500, on any platform: on Workers a panic
// after the first write is an empty 200, and a body left unread breaks the connection's next request.
func whole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := &buffered{header: w.Header().Clone(), status: http.StatusOK}
		guard(next, b, r)
		io.Copy(io.Discard, io.LimitReader(r.Body, maxDrain)) // a client that breaks off is no longer interested
		clear(w.Header())
		for name, values := range b.header {
			w.Header()[name] = values
		}
		if b.status != http.StatusNotModified && b.status != http.StatusNoContent {
			w.Header().Set("Content-Length", strconv.Itoa(b.body.Len()))
		}
		w.WriteHeader(b.status)
		w.Write(b.body.Bytes()) // also for HEAD: the platform holds the body back, Workers fail without it
	})
}

// guard runs next and puts a 500 in the place of whatever it had written when it panicked.
func guard(next http.Handler, b *buffered, r *http.Request) {
	before := b.header.Clone()
	defer func() {
		if p := recover(); p != nil {
			log.Printf("share: %s %q: %v\n%s", r.Method, r.URL.Path, p, debug.Stack())
			*b = buffered{header: before}
			fail(b, http.StatusInternalServerError, "the share service failed; the receipt file and the full link need no service")
		}
	}()
	next.ServeHTTP(b, r)
}

// buffered is a ResponseWriter that keeps the answer.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffered) Header() http.Header         { return b.header }
func (b *buffered) WriteHeader(status int)      { b.status = status }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }
