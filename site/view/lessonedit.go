package view

import (
	"slices"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/store"
)

// editLesson is the form in which a teacher makes a lesson for others: which pages, which controls. It becomes a link.
func editLesson(st *store.Store) *vecty.HTML {
	s := st.State()
	e := *s.Lesson.Edit
	return el("div", "card lesson-edit", attr("id", "lesson-edit", "role", "group", "aria-label", "Edit lesson"),
		el("fieldset", "", words("legend", "", "Pages"),
			each(e.All, func(_ int, p lessons.Page) vecty.ComponentOrHTML {
				return checkbox("page-"+p.ID, p.Title, "", slices.Contains(e.Pages, p.ID), func(on bool) { st.Dispatch(store.PickPage{ID: p.ID, On: on}) })
			})),
		el("fieldset", "", words("legend", "", "Locked controls"),
			each(lessons.Controls(), func(_ int, c lessons.Control) vecty.ComponentOrHTML {
				return checkbox("lock-"+string(c), controlTitle(c), "", slices.Contains(e.Locked, c), func(on bool) { st.Dispatch(store.Lock{Control: c, On: on}) })
			})),
		el("div", "",
			words("p", "", "The link holds "+phrase.Plural(len(e.Pages), "page", "pages")+", what is locked, and the layer and item chosen now. Nothing is sent: everything is behind its #. Whoever opens it brings a network and images, or uses the sample."),
			el("p", "code", words("code", "", "#learn"+e.Link(s.Lesson).String())),
			el("div", "actions",
				button("primary small", "copy", pick(s.Copied == store.CopiedLesson, "Copied", "Copy lesson link"), false, func() { st.Dispatch(store.CopyLesson{Origin: origin()}) }),
				button("quiet small", "", "Close", false, func() { st.Dispatch(store.EditLesson{}) }))))
}

// controlTitle names a control.
func controlTitle(c lessons.Control) string {
	return map[lessons.Control]string{
		lessons.Range: "Range of the input", lessons.Value: "Number that is quantized", lessons.ZeroPoint: "Zero point",
		lessons.Output: "Range of the output", lessons.Weights: "Range of the weight", lessons.Granularity: "One scale or one per channel",
		lessons.Rate: "Learning rate", lessons.Learn: "Fixed or learned scale", lessons.Bits: "Bits",
		lessons.Scope: "Which layers are quantized", lessons.Layer: "Layer",
	}[c]
}

// task is an exercise, with what its measures show now.
func task(t lessons.Task, l store.Lesson) *vecty.HTML {
	solved := l.Solved[l.Page]
	now := ""
	for _, w := range t.Want {
		if value, known := l.Reading(w.Measure); known {
			now += pick(now == "", "Now: ", ", ") + told(w.Measure, value) + reading(w.Measure)
		}
	}
	return el("div", pick(solved, "lesson-task solved", "lesson-task"),
		el("p", "", words("strong", "", pick(solved, "Exercise, done: ", "Exercise: ")), text(t.Text)),
		el("p", "help", attr("aria-live", "polite"), text(pick(now == "", "Measuring…", now))))
}

// reading is what a number is of.
func reading(m lessons.Measure) string {
	return map[lessons.Measure]string{
		lessons.Changed: " with another first answer", lessons.Used: " used", lessons.Clipped: " clipped", lessons.Saturated: " beyond the codes",
		lessons.Least: " in the channel with the fewest", lessons.Back: " came back",
	}[m]
}

// homework is where a lesson ends: in a result whose receipt the teacher can check.
func homework(st *store.Store) *vecty.HTML {
	s := st.State()
	return el("div", "lesson-task",
		el("p", "", words("strong", "", "Homework: "), text("quantize this network as well as you can and hand in the receipt. It is checked with "),
			words("code", "", "quantscope verify *.json --table"), text(".")),
		el("div", "actions",
			when(s.Result == nil, func() *vecty.HTML {
				return button("small", "", "Go to Quantize", false, func() { st.Dispatch(store.Go{Place: store.AtQuantize}) })
			}),
			when(s.Result != nil, func() *vecty.HTML {
				return button("small", "save", "Save the receipt", false, func() { st.Dispatch(store.SaveReceipt{}) })
			})))
}
