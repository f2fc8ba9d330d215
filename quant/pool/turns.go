package pool

import (
	"errors"
	"math"
	"sync"
)

// Turns lets workers that have an item each come to several places in the order of the items. Items
// are taken up in their order, so that one to wait for is always under way.
type Turns struct {
	mu     sync.Mutex
	change *sync.Cond
	next   []int // item of each place
	failed int   // lowest item that failed
}

// ErrEarlier is of an item that stops because one before it failed.
var ErrEarlier = errors.New("an earlier item failed")

// NewTurns makes so many places; items come to each from first on.
func NewTurns(places, first int) *Turns {
	t := &Turns{next: make([]int, places), failed: math.MaxInt}
	for k := range t.next {
		t.next[k] = first
	}
	t.change = sync.NewCond(&t.mu)
	return t
}

// Wait returns when item i may come to place k; false if an item before it failed.
func (t *Turns) Wait(k, i int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next[k] != i && t.failed > i {
		t.change.Wait()
	}
	return t.failed > i
}

// Done lets the next item come to place k.
func (t *Turns) Done(k int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next[k]++
	t.change.Broadcast()
}

// Fail ends the waiting for item i.
func (t *Turns) Fail(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = min(t.failed, i)
	t.change.Broadcast()
}
