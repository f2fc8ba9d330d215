package sharetest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

const (
	collection = "/api/receipts"
	typeJSON   = "application/json"
)

// Contract checks the share service at base, "http://host:port". It stores receipts that no other run
// has stored, so a server may be used twice, after a minute: the last thing it does is to use up what
// one client may store.
func Contract(t *testing.T, base string) {
	c := newClient(base)
	t.Run("store and fetch", func(t *testing.T) { storeAndFetch(t, c) })
	t.Run("version 1", func(t *testing.T) { version1(t, c) })
	t.Run("badge", func(t *testing.T) { badge(t, c) })
	t.Run("preview", func(t *testing.T) { preview(t, c) })
	t.Run("store twice", func(t *testing.T) { storeTwice(t, c) })
	t.Run("store at once", func(t *testing.T) { storeAtOnce(t, base) })
	t.Run("unknown id", func(t *testing.T) { unknown(t, c) })
	t.Run("too large", func(t *testing.T) { tooLarge(t, c) })
	t.Run("not a receipt", func(t *testing.T) { notAReceipt(t, c) })
	t.Run("method", func(t *testing.T) { methods(t, c) })
	t.Run("origin", func(t *testing.T) { origins(t, c) })
	t.Run("delete", func(t *testing.T) { deletes(t, c) })
	t.Run("the connection outlives errors", func(t *testing.T) { keepAlive(t, c) })
	t.Run("too many", func(t *testing.T) { tooMany(t, c) })
}

// fresh returns a receipt's canonical bytes and id.
func fresh(t *testing.T) ([]byte, string) {
	t.Helper()
	doc, err := Receipt(t, rand.Uint64()).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return doc, receipt.Sum(doc)
}

func store(t *testing.T, c *client, doc []byte, want int) share.Created {
	t.Helper()
	a := c.do(t, http.MethodPost, collection, bytes.NewReader(doc), "Content-Type", typeJSON)
	if a.status != want {
		t.Fatalf("status %d, want %d: %s", a.status, want, a.body)
	}
	checkHeaders(t, a)
	var created share.Created
	if err := json.Unmarshal(a.body, &created); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return created
}

func fetch(t *testing.T, c *client, id string, doc []byte) {
	t.Helper()
	a := c.do(t, http.MethodGet, collection+"/"+id, nil)
	if a.status != http.StatusOK || !bytes.Equal(a.body, doc) {
		t.Fatalf("status %d, body %q, want %q", a.status, a.body, doc)
	}
	checkHeaders(t, a)
	if cc := a.header.Get("Cache-Control"); !strings.Contains(cc, "public") || !strings.Contains(cc, "immutable") {
		t.Errorf("Cache-Control %q", cc)
	}
}

func storeAndFetch(t *testing.T, c *client) {
	doc, id := fresh(t)
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, doc, "", "\t"); err != nil {
		t.Fatal(err)
	}
	created := store(t, c, pretty.Bytes(), http.StatusCreated)
	if want := (share.Created{ID: id, URL: "/r/" + id, Key: created.Key, Retention: share.Retention}); created != want || len(created.Key) < 20 {
		t.Errorf("got %+v, want %+v and a key", created, want)
	}
	fetch(t, c, id, doc)

	a := c.do(t, http.MethodHead, collection+"/"+id, nil)
	if a.status != http.StatusOK || len(a.body) != 0 {
		t.Errorf("HEAD: status %d, %d bytes", a.status, len(a.body))
	}
	etag := a.header.Get("ETag")
	if a = c.do(t, http.MethodGet, collection+"/"+id, nil, "If-None-Match", etag); etag == "" || a.status != http.StatusNotModified || len(a.body) != 0 {
		t.Errorf("If-None-Match %s: status %d, %d bytes", etag, a.status, len(a.body))
	}
}

func badge(t *testing.T, c *client) {
	doc, id := fresh(t)
	path := collection + "/" + id + "/badge.svg"
	checkError(t, c.do(t, http.MethodGet, path, nil), http.StatusNotFound, "not stored yet")
	store(t, c, doc, http.StatusCreated)
	a := c.do(t, http.MethodGet, path, nil)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains(a.body, []byte(id)) {
		t.Errorf("status %d, %s: %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	if got := a.header.Get("Cross-Origin-Resource-Policy"); got != "cross-origin" {
		t.Errorf("other sites cannot show it: %s", got)
	}
	checkError(t, c.do(t, http.MethodGet, collection+"/x/badge.svg", nil), http.StatusNotFound, "no id")
}

// version1 stores what the first releases wrote.
func version1(t *testing.T, c *client) {
	r := Receipt(t, rand.Uint64())
	r.Format = receipt.Format1
	doc, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	store(t, c, doc, http.StatusCreated)
	fetch(t, c, receipt.Sum(doc), doc)
}

func preview(t *testing.T, c *client) {
	doc, id := fresh(t)
	path := collection + "/" + id + "/preview.html"
	checkError(t, c.do(t, http.MethodGet, path, nil), http.StatusNotFound, "not stored yet")
	store(t, c, doc, http.StatusCreated)
	a := c.do(t, http.MethodGet, path, nil)
	if a.status != http.StatusOK || !bytes.Equal(a.body, previewOf(t, doc)) {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	checkPolicy(t, a)
	checkError(t, c.do(t, http.MethodGet, collection+"/x/preview.html", nil), http.StatusNotFound, "no id")
}

func previewOf(t *testing.T, doc []byte) []byte {
	t.Helper()
	r, err := receipt.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r.Preview()
}

func storeTwice(t *testing.T, c *client) {
	doc, id := fresh(t)
	first := store(t, c, doc, http.StatusCreated)
	first.Key = "" // only whoever was first is told
	if again := store(t, c, doc, http.StatusOK); again != first {
		t.Errorf("second store gave %+v, first %+v", again, first)
	}
	fetch(t, c, id, doc)
}

func storeAtOnce(t *testing.T, base string) {
	doc, id := fresh(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			res, err := newClient(base).http.Post(base+collection, typeJSON, bytes.NewReader(doc))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	wg.Wait()
	fetch(t, newClient(base), id, doc)
}

func unknown(t *testing.T, c *client) {
	_, id := fresh(t)
	for _, path := range []string{
		collection + "/" + id, collection + "/" + strings.ToUpper(id), collection + "/" + id[:32],
		collection + "/", collection + "/null", collection + "/..%2f..%2fetc", "/api/", "/api/other",
	} {
		checkError(t, c.do(t, http.MethodGet, path, nil), http.StatusNotFound, path)
	}
}

func tooLarge(t *testing.T, c *client) {
	doc, _ := fresh(t)
	padded := append(bytes.Repeat([]byte(" "), receipt.MaxBytes), doc...)
	checkError(t, c.do(t, http.MethodPost, collection, bytes.NewReader(padded)), http.StatusRequestEntityTooLarge, "just too large")
	for _, size := range []int64{1 << 20, 3 << 20} {
		// No length announced: the server has to stop by itself.
		body := struct{ io.Reader }{io.LimitReader(zeros{}, size)}
		checkError(t, c.do(t, http.MethodPost, collection, body), http.StatusRequestEntityTooLarge, "much too large")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func notAReceipt(t *testing.T, c *client) {
	doc, _ := fresh(t)
	for _, body := range []string{
		"", "null", "{}", "[]", "hello", `{"format":"quantscope-recipe/1"}`, string(doc[:len(doc)-1]), string(doc) + "{}",
		strings.Replace(string(doc), `"format":`, `"extra":1,"format":`, 1), "\x00\xff\xfe",
	} {
		checkError(t, c.do(t, http.MethodPost, collection, strings.NewReader(body)), http.StatusUnprocessableEntity, body)
	}
	newer := strings.Replace(string(doc), receipt.Format, "quantscope-receipt/99", 1)
	a := c.do(t, http.MethodPost, collection, strings.NewReader(newer))
	checkError(t, a, http.StatusUnprocessableEntity, "newer")
	if !bytes.Contains(a.body, []byte("newer than this Quantscope")) {
		t.Errorf("a newer receipt is answered with %s", a.body)
	}
}

func methods(t *testing.T, c *client) {
	doc, id := fresh(t)
	for _, r := range []struct{ method, path string }{
		{http.MethodGet, collection}, {http.MethodPut, collection}, {http.MethodDelete, collection},
		{http.MethodPost, collection + "/" + id}, {http.MethodPut, collection + "/" + id}, {http.MethodPatch, collection + "/" + id},
	} {
		var body io.Reader
		if r.method != http.MethodGet {
			body = bytes.NewReader(doc)
		}
		a := c.do(t, r.method, r.path, body)
		checkError(t, a, http.StatusMethodNotAllowed, r.method+" "+r.path)
		if a.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", r.method, r.path)
		}
	}
}

func origins(t *testing.T, c *client) {
	doc, id := fresh(t)
	for _, h := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://elsewhere.example"}, {"Origin", "null"},
	} {
		checkError(t, c.do(t, http.MethodPost, collection, bytes.NewReader(doc), h...), http.StatusForbidden, strings.Join(h, " "))
	}
	checkError(t, c.do(t, http.MethodGet, collection+"/"+id, nil), http.StatusNotFound, "a refused receipt")
	for _, h := range [][]string{{"Sec-Fetch-Site", "same-origin", "Origin", c.base}, {"Origin", c.base}} {
		doc, _ := fresh(t)
		if a := c.do(t, http.MethodPost, collection, bytes.NewReader(doc), h...); a.status != http.StatusCreated {
			t.Errorf("%v: status %d: %s", h, a.status, a.body)
		}
	}
}

func deletes(t *testing.T, c *client) {
	doc, id := fresh(t)
	other, otherID := fresh(t)
	key, otherKey := store(t, c, doc, http.StatusCreated).Key, store(t, c, other, http.StatusCreated).Key
	path := collection + "/" + id
	remove := func(path string, headers ...string) answer {
		return c.do(t, http.MethodDelete, path, nil, headers...)
	}
	checkError(t, remove(path), http.StatusUnauthorized, "no key")
	checkError(t, remove(path, "Authorization", "Basic "+key), http.StatusUnauthorized, "Basic")
	checkError(t, remove(path, "Authorization", "Bearer "+otherKey), http.StatusForbidden, "another receipt's key")
	checkError(t, remove(path, "Authorization", "Bearer "+receipt.Sum([]byte(key))), http.StatusForbidden, "what the store keeps")
	checkError(t, remove(path, "Authorization", "Bearer "+key, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "another site")
	checkError(t, remove(collection+"/"+strings.ToUpper(id), "Authorization", "Bearer "+key), http.StatusNotFound, "upper case")
	fetch(t, c, id, doc)
	a := remove(path, "Authorization", "Bearer "+key)
	if a.status != http.StatusNoContent || len(a.body) != 0 || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("DELETE: status %d: %s", a.status, a.body)
	}
	checkPolicy(t, a)
	checkError(t, c.do(t, http.MethodGet, path, nil), http.StatusNotFound, "deleted")
	checkError(t, remove(path, "Authorization", "Bearer "+key), http.StatusNotFound, "deleted twice")
	fetch(t, c, otherID, other)
	if again := store(t, c, doc, http.StatusCreated); again.Key == key {
		t.Error("a receipt stored anew has its old key")
	}
	fetch(t, c, id, doc)
}

// tooMany stores until the service refuses.
func tooMany(t *testing.T, c *client) {
	for range 2*share.PerMinute + 2 {
		doc, id := fresh(t)
		a := c.do(t, http.MethodPost, collection, bytes.NewReader(doc))
		if a.status == http.StatusCreated {
			continue
		}
		checkError(t, a, http.StatusTooManyRequests, "one more")
		if s, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || s < 1 || s > 60 {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
		checkError(t, c.do(t, http.MethodGet, collection+"/"+id, nil), http.StatusNotFound, "reading goes on")
		return
	}
	t.Errorf("no limit after %d receipts", 2*share.PerMinute+2)
}

// keepAlive alternates refusals that leave a body unread with requests that must succeed.
func keepAlive(t *testing.T, c *client) {
	doc, id := fresh(t)
	store(t, c, doc, http.StatusCreated)
	large := bytes.Repeat([]byte("x"), 1<<20)
	for range 3 {
		checkError(t, c.do(t, http.MethodPost, collection, bytes.NewReader(large)), http.StatusRequestEntityTooLarge, "large")
		fetch(t, c, id, doc)
		checkError(t, c.do(t, http.MethodPut, collection+"/"+id, bytes.NewReader(large)), http.StatusMethodNotAllowed, "PUT")
		fetch(t, c, id, doc)
		checkError(t, c.do(t, http.MethodPost, "/api/other", bytes.NewReader(large)), http.StatusNotFound, "elsewhere")
		fetch(t, c, id, doc)
	}
}

// checkHeaders holds for every answer of the service.
func checkHeaders(t *testing.T, a answer) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != typeJSON {
		t.Errorf("Content-Type %q", got)
	}
	checkPolicy(t, a)
}

func checkPolicy(t *testing.T, a answer) {
	t.Helper()
	for _, h := range policy.Headers() {
		if got := a.header.Values(h.Name); len(got) != 1 || got[0] != h.Value {
			t.Errorf("%s is %q, want %q", h.Name, got, h.Value)
		}
	}
}

func checkError(t *testing.T, a answer, status int, what string) {
	t.Helper()
	what = what[:min(len(what), 80)]
	if a.status != status {
		t.Errorf("%q: status %d, want %d: %.200s", what, a.status, status, a.body)
		return
	}
	checkHeaders(t, a)
	var failure struct{ Error string }
	if err := json.Unmarshal(a.body, &failure); err != nil || len(failure.Error) < 10 || len(failure.Error) > 500 {
		t.Errorf("%q: not a sentence: %.600s", what, a.body)
	}
	if cc := a.header.Get("Cache-Control"); cc != "no-store" {
		t.Errorf("%q: a failure with Cache-Control %q", what, cc)
	}
}
