package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// threads is on how many threads networks run: to choose from where the machine has several.
func threads(s *store.Store) *vecty.HTML {
	e := s.State().Engine
	if e == nil {
		return text("")
	}
	if e.Cores < 2 {
		return text(phrase.Plural(e.Threads, "thread", "threads"))
	}
	var options vecty.List
	for n := 1; n <= e.Cores; n++ {
		options = append(options, el("option", "", vecty.Markup(prop.Value(strconv.Itoa(n)), vecty.Property("selected", n == e.Threads)), text(phrase.Plural(n, "thread", "threads"))))
	}
	return el("select", "threads", vecty.Markup(
		prop.ID("threads"), vecty.Attribute("aria-label", "Threads of the engine"),
		on("change", func(v *vecty.Event) {
			if n, err := strconv.Atoi(v.Value()); err == nil {
				s.Dispatch(store.SetThreads{Threads: n})
			}
		})), options)
}
