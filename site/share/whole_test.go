package share

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A panic after the first write must not leave half an answer or its headers.
func TestPanicAfterWriting(t *testing.T) {
	h := whole(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "immutable")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, "half an ans")
		panic("after writing")
	}))
	body := strings.NewReader(strings.Repeat("x", 1000))
	rec := httptest.NewRecorder()
	rec.Header().Set("X-Policy", "kept")
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/api/receipts", body))
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "half") {
		t.Errorf("status %d, body %q", rec.Code, rec.Body)
	}
	if got := rec.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if rec.Header().Get("X-Policy") != "kept" {
		t.Error("headers from outside are lost")
	}
	if body.Len() != 0 {
		t.Errorf("%d bytes of the body left unread", body.Len())
	}
}

func TestDrainIsBounded(t *testing.T) {
	body := strings.NewReader(strings.Repeat("x", maxDrain+1000))
	h := whole(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", body))
	if body.Len() != 1000 {
		t.Errorf("%d bytes left, want 1000", body.Len())
	}
}
