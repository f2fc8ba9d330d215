package share

import (
	"encoding/json"
	"log"
	"net/http"
	"strings"
)

// Prefix is where the service lives; requests outside it are answered with 404.
const Prefix = "/api/"

const collection = Prefix + "receipts"

// Created is the answer to a receipt that was sent.
type Created struct {
	ID        string `json:"id"`            // SHA-256 of the canonical receipt
	URL       string `json:"url"`           // path of the page that opens it
	Key       string `json:"key,omitempty"` // deletes it; only told to who stored it first
	Retention string `json:"retention"`
}

// Retention says how long a receipt is kept.
const Retention = "kept until it is deleted with its key"

// Handler returns the share service on store. Its answers are complete before the first byte leaves,
// and a panic below it is a 500.
func Handler(store Store, limiter Limiter) http.Handler {
	return whole(&service{store: store, limiter: limiter})
}

type service struct {
	store   Store
	limiter Limiter
	origin  http.CrossOriginProtection
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, one := strings.CutPrefix(r.URL.Path, collection+"/")
	pictured, badge := strings.CutSuffix(id, "/badge.svg")
	previewed, preview := strings.CutSuffix(id, "/preview.html")
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case Malformed(r):
		reply(w, http.StatusBadRequest, Refusal(http.StatusBadRequest))
	case r.URL.Path == collection:
		s.all(w, r)
	case one && badge && read:
		s.badge(w, r, pictured)
	case one && preview && read:
		s.preview(w, r, previewed)
	case one:
		s.one(w, r, id)
	default:
		fail(w, http.StatusNotFound, "there is nothing at this address; receipts are at "+collection)
	}
}

// all answers for the address of all receipts.
func (s *service) all(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, http.StatusMethodNotAllowed, "send a receipt with POST, or get one at "+collection+"/{id}")
		return
	}
	if s.sameOrigin(w, r) {
		s.create(w, r)
	}
}

// one answers for the address of one receipt.
func (s *service) one(w http.ResponseWriter, r *http.Request, id string) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.get(w, r, id)
	case http.MethodDelete:
		if s.sameOrigin(w, r) {
			s.remove(w, r, id)
		}
	default:
		w.Header().Set("Allow", "GET, HEAD, DELETE")
		fail(w, http.StatusMethodNotAllowed, "a stored receipt can only be read, or deleted with its key")
	}
}

// sameOrigin refuses what another site's page sends: no cookie or account is at stake, but it should
// not fill this store in its visitors' names.
func (s *service) sameOrigin(w http.ResponseWriter, r *http.Request) bool {
	if s.origin.Check(r) == nil {
		return true
	}
	fail(w, http.StatusForbidden, "receipts are only taken from this site's own pages")
	return false
}

// broken answers 500 with a sentence for the client and logs the cause for whoever runs the service.
func broken(w http.ResponseWriter, r *http.Request, cause error, sentence string) {
	log.Printf("share: %s %q: %v", r.Method, r.URL.Path, cause)
	fail(w, http.StatusInternalServerError, sentence)
}

// Malformed tells whether a request's address has a percent sign that no two hexadecimal digits follow.
// Go's server refuses those itself; a Worker, which may not, writes the sign as %25. No address here
// has a percent sign, so that both can be refused alike.
func Malformed(r *http.Request) bool { return strings.Contains(r.URL.Path, "%") }

// Refusal is the body of an answer to what never became a request, because its address or its headers
// cannot be read.
func Refusal(status int) []byte {
	sentence := map[int]string{
		http.StatusBadRequest:                  "the request's address or headers are malformed; check the link",
		http.StatusExpectationFailed:           "only \"Expect: 100-continue\" is understood",
		http.StatusRequestHeaderFieldsTooLarge: "the request's headers are too large",
		http.StatusNotImplemented:              "this transfer encoding is not understood",
		http.StatusHTTPVersionNotSupported:     "this version of HTTP is not understood",
	}[status]
	if sentence == "" {
		sentence = "the request was refused: " + http.StatusText(status)
	}
	return failure(sentence)
}

func fail(w http.ResponseWriter, status int, sentence string) { reply(w, status, failure(sentence)) }

func failure(sentence string) []byte {
	return encode(struct {
		Error string `json:"error"`
	}{sentence})
}

// encode writes a struct of strings, on which encoding/json cannot fail.
func encode(v any) []byte {
	b, _ := json.Marshal(v)
	return b
}

func reply(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}
