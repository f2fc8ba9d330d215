package calibrate

import (
	"errors"
	"math"
	"sync"
)

// turns lets workers that have an item each come to several places in the order of the items. Items
// are taken up in their order, so that one to wait for is always under way.
type turns struct {
	mu     sync.Mutex
	change *sync.Cond
	next   []int // item of each place
	failed int   // lowest item that failed
}

// errEarlier is of an item that stops because one before it failed.
var errEarlier = errors.New("an earlier item failed")

func newTurns(places, first int) *turns {
	t := &turns{next: make([]int, places), failed: math.MaxInt}
	for k := range t.next {
		t.next[k] = first
	}
	t.change = sync.NewCond(&t.mu)
	return t
}

// wait returns when item i may come to place k; false if an item before it failed.
func (t *turns) wait(k, i int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next[k] != i && t.failed > i {
		t.change.Wait()
	}
	return t.failed > i
}

// done lets the next item come to place k.
func (t *turns) done(k int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next[k]++
	t.change.Broadcast()
}

// fail ends the waiting for item i.
func (t *turns) fail(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = min(t.failed, i)
	t.change.Broadcast()
}
