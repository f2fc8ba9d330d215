package share_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/share"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

// everybody may always store.
type everybody struct{}

func (everybody) Take(context.Context, string) (time.Duration, error) { return 0, nil }

// FuzzHandler sends requests of any kind. None is answered with a fault of the server; an answer is a JSON
// document or a picture; and what is kept under an id has that digest.
func FuzzHandler(f *testing.F) {
	doc, err := sharetest.Receipt(f, 1).Canonical()
	if err != nil {
		f.Fatal(err)
	}
	id := receipt.Sum(doc)
	f.Add("POST", "/api/receipts", doc, "", "")
	f.Add("GET", "/api/receipts/"+id, []byte(nil), "If-None-Match", `"`+id+`"`)
	f.Add("GET", "/api/receipts/"+id+"/badge.svg", []byte(nil), "", "")
	f.Add("DELETE", "/api/receipts/"+id, []byte(nil), "Authorization", "Bearer x")
	f.Add("PUT", "/api/%zz", []byte("{}"), "Origin", "null")
	f.Fuzz(func(t *testing.T, method, path string, body []byte, header, value string) {
		store := newMemory(map[string][]byte{id: doc})
		w := httptest.NewRecorder()
		r := &http.Request{
			Method: method, URL: &url.URL{Path: path}, Header: http.Header{header: {value}}, Body: io.NopCloser(bytes.NewReader(body)),
			ContentLength: int64(len(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1", Host: "example.org",
		}
		share.Handler(store, everybody{}).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %q: status %d: %s", method, path, w.Code, w.Body)
		}
		switch kind := w.Header().Get("Content-Type"); {
		case w.Body.Len() == 0:
		case kind == "application/json":
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %q: no JSON: %s", method, path, w.Body)
			}
		case kind == "image/svg+xml":
			for d := xml.NewDecoder(w.Body); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
			}
		default:
			t.Errorf("%s %q: type %q", method, path, kind)
		}
		for name, kept := range store.docs {
			if receipt.Sum(kept) != name {
				t.Errorf("%s is kept as %s", receipt.Sum(kept), name)
			}
		}
	})
}
