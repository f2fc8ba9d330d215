package share_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
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
	getError error
	putError error
	panics   bool
}

func (m *memory) Put(_ context.Context, id string, doc []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.putError != nil {
		return m.putError
	}
	m.docs[id] = bytes.Clone(doc)
	return nil
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
	s := httptest.NewServer(policy.Apply(share.Handler(store)))
	t.Cleanup(s.Close)
	return s.URL
}

func TestContract(t *testing.T) {
	sharetest.Contract(t, serve(t, &memory{docs: map[string][]byte{}}))
}

func TestStoreFailures(t *testing.T) {
	doc, err := sharetest.Receipt(t, 1).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	id := receipt.Sum(doc)
	for _, c := range []struct {
		name  string
		store *memory
		post  int
		get   int
	}{
		{"reading fails", &memory{getError: errors.New("disk")}, 500, 500},
		{"writing fails", &memory{docs: map[string][]byte{}, putError: errors.New("disk")}, 500, 404},
		{"panics", &memory{panics: true}, 500, 500},
		{"damaged", &memory{docs: map[string][]byte{id: doc[1:]}, putError: errors.New("disk")}, 500, 500},
		{"damaged, stored again", &memory{docs: map[string][]byte{id: doc[1:]}}, 201, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := serve(t, c.store)
			res, err := http.Post(base+"/api/receipts", "application/json", bytes.NewReader(doc))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != c.post {
				t.Errorf("POST: status %d, want %d", res.StatusCode, c.post)
			}
			if res, err = http.Get(base + "/api/receipts/" + id); err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != c.get {
				t.Errorf("GET: status %d, want %d", res.StatusCode, c.get)
			}
			if cc := res.Header.Get("Cache-Control"); c.get != 200 && cc != "no-store" {
				t.Errorf("a failure with Cache-Control %q", cc)
			}
		})
	}
}
