package share

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

// Prefix is where the service lives; requests outside it are answered with 404.
const Prefix = "/api/"

const collection = Prefix + "receipts"

// Created is the answer to a stored receipt.
type Created struct {
	ID  string `json:"id"`  // SHA-256 of the canonical receipt
	URL string `json:"url"` // path of the page that opens it
}

// Handler returns the share service on store. Its answers are complete before the first byte leaves,
// and a panic below it is a 500.
func Handler(store Store) http.Handler {
	return whole(&service{store: store})
}

type service struct {
	store  Store
	origin http.CrossOriginProtection
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, one := strings.CutPrefix(r.URL.Path, collection+"/")
	switch {
	case r.URL.Path == collection:
		s.create(w, r)
	case one:
		s.get(w, r, id)
	default:
		fail(w, http.StatusNotFound, "there is nothing at this address; receipts are at "+collection)
	}
}

func (s *service) create(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, http.StatusMethodNotAllowed, "send a receipt with POST, or get one at "+collection+"/{id}")
		return
	}
	// No cookie or account is at stake, but another site's page should not fill this store in its
	// visitors' names.
	if s.origin.Check(r) != nil {
		fail(w, http.StatusForbidden, "receipts are only taken from this site's own pages")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, receipt.MaxBytes+1))
	if err != nil {
		fail(w, http.StatusBadRequest, "the receipt did not arrive whole; send it again")
		return
	}
	if len(body) > receipt.MaxBytes {
		fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a receipt has at most %d bytes", receipt.MaxBytes))
		return
	}
	rec, err := receipt.Parse(body)
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	doc, err := rec.Canonical()
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	id := receipt.Sum(doc)
	status := http.StatusCreated
	stored, err := s.store.Get(r.Context(), id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		fail(w, http.StatusInternalServerError, "the store cannot be read; try again later")
		return
	}
	if err == nil && bytes.Equal(stored, doc) {
		status = http.StatusOK
	} else if s.store.Put(r.Context(), id, doc) != nil {
		fail(w, http.StatusInternalServerError, "the receipt could not be stored; try again later")
		return
	}
	w.Header().Set("Location", collection+"/"+id)
	reply(w, status, Created{ID: id, URL: "/r/" + id})
}

func (s *service) get(w http.ResponseWriter, r *http.Request, id string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		fail(w, http.StatusMethodNotAllowed, "a stored receipt can only be read")
		return
	}
	if !receipt.IsDigest(id) {
		fail(w, http.StatusNotFound, "this is no receipt's address: an id is 64 hexadecimal digits in lower case")
		return
	}
	doc, err := s.store.Get(r.Context(), id)
	switch {
	case errors.Is(err, ErrNotFound):
		fail(w, http.StatusNotFound, "no receipt is stored under this id; check the link, or ask for the receipt file")
		return
	case err != nil:
		fail(w, http.StatusInternalServerError, "the store cannot be read; try again later")
		return
	case receipt.Sum(doc) != id:
		fail(w, http.StatusInternalServerError, "the stored receipt is damaged; ask for the receipt file")
		return
	}
	etag := `"` + id + `"`
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", etag)
	if strings.Contains(strings.Join(r.Header.Values("If-None-Match"), ","), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(doc)
}

func fail(w http.ResponseWriter, status int, sentence string) {
	reply(w, status, struct {
		Error string `json:"error"`
	}{sentence})
}

// reply writes v, a struct of strings, which encoding/json cannot fail on.
func reply(w http.ResponseWriter, status int, v any) {
	b, _ := json.Marshal(v)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b)
}
