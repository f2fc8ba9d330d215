package sharetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quantscope/quantscope/site/share"
)

// Ceiling checks a new service that keeps a few receipts only.
func Ceiling(t *testing.T, base string) {
	c := newClient(base)
	var first share.Created
	var firstDoc []byte
	for n := 0; ; n++ {
		doc, id := fresh(t)
		a := c.do(t, http.MethodPost, collection, bytes.NewReader(doc))
		if a.status == http.StatusCreated {
			if n == 0 {
				firstDoc = doc
				if err := json.Unmarshal(a.body, &first); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		checkError(t, a, http.StatusInsufficientStorage, "full")
		if n == 0 {
			t.Fatal("the first receipt is refused")
		}
		checkError(t, c.do(t, http.MethodGet, collection+"/"+id, nil), http.StatusNotFound, "refused")
		fetch(t, c, first.ID, firstDoc)
		store(t, c, firstDoc, http.StatusOK)
		if a := c.do(t, http.MethodDelete, collection+"/"+first.ID, nil, "Authorization", "Bearer "+first.Key); a.status != http.StatusNoContent {
			t.Fatalf("DELETE: status %d: %s", a.status, a.body)
		}
		store(t, c, doc, http.StatusCreated)
		fetch(t, c, id, doc)
		return
	}
}

// Kept is a receipt that a service has acknowledged.
type Kept struct {
	ID, key string
	doc     []byte
	gone    bool // its deletion was acknowledged
	unsure  bool // its deletion was asked for and not answered
}

// Load lets clients store and delete as fast as they can until ctx ends, each from the address
// that from gives it, and returns what was acknowledged. Answers other than success and 429 are errors;
// a connection that breaks is one too, unless ctx has ended or brittle is true.
func Load(ctx context.Context, t *testing.T, base string, clients int, from func(i int) *http.Client, brittle bool) []Kept {
	var mu sync.Mutex
	var all []Kept
	var requests, limited atomic.Int64
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			c := from(i)
			defer c.CloseIdleConnections()
			var own []Kept
			for ctx.Err() == nil {
				doc, id := fresh(t)
				status, body, err := exchange(c, brittle, http.MethodPost, base+collection, doc, "")
				requests.Add(1)
				if err != nil && !brittle {
					t.Error(err)
				}
				if err != nil {
					sleep(ctx, 50*time.Millisecond)
					continue
				}
				if status == http.StatusTooManyRequests {
					limited.Add(1)
					sleep(ctx, 50*time.Millisecond)
					continue
				}
				var created share.Created
				if json.Unmarshal(body, &created); status != http.StatusCreated || created.ID != id {
					t.Errorf("POST: status %d: %.200s", status, body)
					break
				}
				k := Kept{ID: id, key: created.Key, doc: doc}
				if rand.IntN(3) == 0 {
					status, body, err = exchange(c, brittle, http.MethodDelete, base+collection+"/"+id, nil, k.key)
					requests.Add(1)
					k.gone, k.unsure = err == nil && status == http.StatusNoContent, err != nil
					if err == nil && !k.gone {
						t.Errorf("DELETE: status %d: %.200s", status, body)
					}
				}
				own = append(own, k)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
		})
	}
	wg.Wait()
	t.Logf("%d requests of %d clients, %d told to wait, %d receipts acknowledged", requests.Load(), clients, limited.Load(), len(all))
	return all
}

// Ask lets clients send receipts as fast as they can until ctx ends, whatever the answers, and returns how many came.
func Ask(ctx context.Context, t *testing.T, base string, clients int, from func(i int) *http.Client) int {
	var answers atomic.Int64
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			c := from(i)
			defer c.CloseIdleConnections()
			for ctx.Err() == nil {
				doc, _ := fresh(t)
				if _, _, err := exchange(c, true, http.MethodPost, base+collection, doc, ""); err == nil {
					answers.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(answers.Load())
}

// Check finds out whether the service still has what it acknowledged, and nothing that it said to have
// deleted.
func Check(t *testing.T, base string, all []Kept) {
	t.Helper()
	c := newClient(base)
	for _, k := range all {
		a := c.do(t, http.MethodGet, collection+"/"+k.ID, nil)
		whole := a.status == http.StatusOK && bytes.Equal(a.body, k.doc)
		switch {
		case k.gone && a.status != http.StatusNotFound:
			t.Errorf("a deleted receipt: status %d", a.status)
		case k.unsure && a.status != http.StatusNotFound && !whole, !k.gone && !k.unsure && !whole:
			t.Errorf("an acknowledged receipt: status %d: %.80s", a.status, a.body)
		}
	}
}

// Loopback gives client i an address of its own, 127.1.x.y, as far as the system has more than one.
func Loopback(i int) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(i>>8), byte(i)+1)}}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: d.DialContext, MaxConnsPerHost: 1}}
}

// errProxy is an answer that does not come from the service.
var errProxy = errors.New("the proxy answered")

func exchange(c *http.Client, brittle bool, method, url string, body []byte, key string) (int, []byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	if brittle && res.StatusCode == http.StatusServiceUnavailable {
		return 0, nil, errProxy
	}
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, b, err
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
