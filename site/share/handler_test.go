package share_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
	"github.com/quantscope/quantscope/site/share/sharetest"
)

// memory is a Store that can be told to misbehave.
type memory struct {
	mu       sync.Mutex
	docs     map[string][]byte
	locks    map[string]string
	getError error
	putError error
	panics   bool
}

func (m *memory) Put(_ context.Context, id string, doc []byte, lock string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.panics:
		panic("store")
	case m.putError != nil:
		return false, m.putError
	case bytes.Equal(m.docs[id], doc):
		return false, nil
	}
	m.docs[id], m.locks[id] = bytes.Clone(doc), lock
	return true, nil
}

func (m *memory) Delete(_ context.Context, id, lock string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.putError != nil:
		return m.putError
	case m.docs[id] == nil:
		return share.ErrNotFound
	case m.locks[id] != lock:
		return share.ErrKey
	}
	delete(m.docs, id)
	return nil
}

func newMemory(docs map[string][]byte) *memory {
	return &memory{docs: docs, locks: map[string]string{}}
}

func (m *memory) Get(_ context.Context, id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.panics {
		panic("store")
	}
	if m.getError != nil {
		return nil, m.getError
	}
	doc, ok := m.docs[id]
	if !ok {
		return nil, share.ErrNotFound
	}
	return doc, nil
}

func serve(t *testing.T, store share.Store) string {
	t.Helper()
	s := httptest.NewServer(policy.Apply(share.Handler(store, new(share.Window))))
	t.Cleanup(s.Close)
	return s.URL
}

func TestContract(t *testing.T) {
	sharetest.Contract(t, serve(t, newMemory(map[string][]byte{})))
}

func TestStoreFailures(t *testing.T) {
	doc, err := sharetest.Receipt(t, 1).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	id := receipt.Sum(doc)
	docs := func(doc []byte) map[string][]byte { return map[string][]byte{id: doc} }
	none := map[string][]byte{}
	for _, c := range []struct {
		name              string
		store             *memory
		fault             func(*memory)
		post, get, remove int
		logged            string
	}{
		{"reading fails", newMemory(docs(doc)), func(m *memory) { m.getError = errors.New("disk gone") }, 200, 500, 403, "disk gone"},
		{"writing fails", newMemory(none), func(m *memory) { m.putError = errors.New("disk full") }, 500, 404, 500, "disk full"},
		{"full", newMemory(none), func(m *memory) { m.putError = fmt.Errorf("store: %w", share.ErrFull) }, 507, 404, 500, "DELETE"},
		{"panics", newMemory(none), func(m *memory) { m.panics = true }, 500, 500, 404, "panic"},
		{"damaged", newMemory(docs(doc[1:])), func(m *memory) { m.putError = errors.New("disk full") }, 500, 500, 500, "another digest"},
		{"damaged, stored again", newMemory(docs(doc[1:])), func(*memory) {}, 201, 200, 403, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var logged strings.Builder
			log.SetOutput(&logged)
			defer log.SetOutput(os.Stderr)
			c.fault(c.store)
			h := policy.Apply(share.Handler(c.store, new(share.Window)))
			for _, x := range []struct {
				method, path string
				want         int
			}{
				{http.MethodPost, "/api/receipts", c.post},
				{http.MethodGet, "/api/receipts/" + id, c.get},
				{http.MethodDelete, "/api/receipts/" + id, c.remove},
			} {
				w := httptest.NewRecorder()
				r := httptest.NewRequest(x.method, x.path, bytes.NewReader(doc))
				r.Header.Set("Authorization", "Bearer x")
				h.ServeHTTP(w, r)
				if w.Code != x.want {
					t.Errorf("%s: status %d, want %d: %s", x.method, w.Code, x.want, w.Body)
				}
				if cc := w.Header().Get("Cache-Control"); x.want >= 400 && cc != "no-store" {
					t.Errorf("%s: a failure with Cache-Control %q", x.method, cc)
				}
			}
			if !strings.Contains(logged.String(), c.logged) || c.logged == "" && logged.Len() > 0 {
				t.Errorf("logged %q, want %q", logged.String(), c.logged)
			}
		})
	}
}
