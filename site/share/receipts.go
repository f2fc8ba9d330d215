package share

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
)

func (s *service) create(w http.ResponseWriter, r *http.Request) {
	wait, err := s.limiter.Take(r.Context(), client(r))
	if err != nil {
		broken(w, r, err, "the receipt could not be stored; try again later")
		return
	}
	if wait > 0 {
		seconds := strconv.Itoa(int((wait + time.Second - 1) / time.Second))
		w.Header().Set("Retry-After", seconds)
		fail(w, http.StatusTooManyRequests, fmt.Sprintf("at most %d receipts a minute are taken from one address; try again in %s seconds", PerMinute, seconds))
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
	id, key := receipt.Sum(doc), rand.Text()
	created, err := s.store.Put(r.Context(), id, doc, lock(key))
	switch {
	case errors.Is(err, ErrFull):
		fail(w, http.StatusInsufficientStorage, "this server keeps as many receipts as it can; save the receipt as a file instead")
		return
	case err != nil:
		broken(w, r, err, "the receipt could not be stored; try again later")
		return
	}
	answer := Created{ID: id, URL: "/r/" + id, Retention: Retention}
	status := http.StatusOK
	if created {
		answer.Key, status = key, http.StatusCreated
	}
	w.Header().Set("Location", collection+"/"+id)
	reply(w, status, encode(answer))
}

// lock is what a store keeps of a key, so that who reads the store cannot delete from it.
func lock(key string) string { return receipt.Sum([]byte(key)) }

// maxAge is how long caches may give a receipt without asking whether it was deleted, in seconds.
const maxAge = 3600

func (s *service) get(w http.ResponseWriter, r *http.Request, id string) {
	doc, ok := s.load(w, r, id)
	if !ok {
		return
	}
	give(w, r, id, "application/json", doc)
}

// badge gives a picture of the receipt's figure, which other sites may show.
func (s *service) badge(w http.ResponseWriter, r *http.Request, id string) {
	if rec := s.parsed(w, r, id); rec != nil {
		svg, err := rec.Badge()
		if err != nil {
			unreadable(w, r, err)
			return
		}
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		give(w, r, id+"-badge", "image/svg+xml", svg)
	}
}

// preview gives what stands in the head of the receipt's page: what Page puts there.
func (s *service) preview(w http.ResponseWriter, r *http.Request, id string) {
	if rec := s.parsed(w, r, id); rec != nil {
		give(w, r, id+"-preview", "text/html; charset=utf-8", rec.Preview())
	}
}

// parsed reads a stored receipt, or answers why it cannot and returns nil.
func (s *service) parsed(w http.ResponseWriter, r *http.Request, id string) *receipt.Receipt {
	doc, ok := s.load(w, r, id)
	if !ok {
		return nil
	}
	rec, err := receipt.Parse(doc)
	if err != nil {
		unreadable(w, r, err)
		return nil
	}
	return rec
}

func unreadable(w http.ResponseWriter, r *http.Request, err error) {
	broken(w, r, err, "the stored receipt cannot be read; ask for the receipt file")
}

// load reads a stored receipt, or answers why it cannot.
func (s *service) load(w http.ResponseWriter, r *http.Request, id string) (doc []byte, ok bool) {
	if !isID(w, id) {
		return nil, false
	}
	doc, err := s.store.Get(r.Context(), id)
	switch {
	case errors.Is(err, ErrNotFound):
		unknown(w)
	case err != nil:
		broken(w, r, err, "the store cannot be read; try again later")
	case receipt.Sum(doc) != id:
		broken(w, r, errors.New("what the store gave has another digest"), "the stored receipt is damaged; ask for the receipt file")
	default:
		return doc, true
	}
	return nil, false
}

// give answers with what never changes, as long as it is there.
func give(w http.ResponseWriter, r *http.Request, tag, mediaType string, body []byte) {
	etag := `"` + tag + `"`
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d, immutable", maxAge))
	h.Set("ETag", etag)
	if strings.Contains(strings.Join(r.Header.Values("If-None-Match"), ","), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(body)
}

func (s *service) remove(w http.ResponseWriter, r *http.Request, id string) {
	if !isID(w, id) {
		return
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		fail(w, http.StatusUnauthorized, "deleting needs the key that came when the receipt was stored: Authorization: Bearer KEY")
		return
	}
	switch err := s.store.Delete(r.Context(), id, lock(strings.TrimSpace(key))); {
	case errors.Is(err, ErrNotFound):
		unknown(w)
	case errors.Is(err, ErrKey):
		fail(w, http.StatusForbidden, "this is not the key that came when the receipt was stored")
	case err != nil:
		broken(w, r, err, "the receipt could not be deleted; try again later")
	default:
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
	}
}

func isID(w http.ResponseWriter, id string) bool {
	if receipt.IsDigest(id) {
		return true
	}
	fail(w, http.StatusNotFound, "this is not a receipt's address: an id is 64 hexadecimal digits in lower case")
	return false
}

func unknown(w http.ResponseWriter) {
	fail(w, http.StatusNotFound, "no receipt is stored under this id; check the link, or ask for the receipt file")
}
