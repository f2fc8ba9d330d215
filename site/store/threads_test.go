package store

import (
	"testing"

	"github.com/quantscope/quantscope/wasm/protocol"
)

// The number of threads goes to the next worker, and to every one after it; it touches no recipe.
func TestThreads(t *testing.T) {
	d := newDesk()
	d.Dispatch(Started{protocol.Engine{Threads: 4, Cores: 4}})
	before := d.State().Recipe
	d.taken()
	d.Dispatch(SetThreads{2})
	if got, want := d.effects[len(d.effects)-1], (Restart{Threads: 2}); got != want || d.State().Engine != nil {
		t.Errorf("%+v, want %+v and no engine", got, want)
	}
	d.Dispatch(Started{protocol.Engine{Threads: 2, Cores: 4}})
	d.Dispatch(Crash{"out of memory"})
	if got, want := d.effects[len(d.effects)-1], (Restart{Threads: 2}); got != want {
		t.Errorf("after a crash %+v, want %+v", got, want)
	}
	if !sameRecipe(before, d.State().Recipe) || len(d.State().Past) > 0 {
		t.Error("the recipe has changed")
	}
}
