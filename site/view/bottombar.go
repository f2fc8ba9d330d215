package view

import (
	"strconv"
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// BottomBar shows what the core does, how long it takes, and Cancel; while nothing runs, that files
// stay here.
type BottomBar struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (b *BottomBar) Copy() vecty.Component { return copyOf(b) }

// Render draws the bar.
func (b *BottomBar) Render() vecty.ComponentOrHTML {
	return guard("footer", func() *vecty.HTML {
		s := b.Store.State()
		job, working := s.Working()
		return el("footer", "bottom",
			when(working, func() *vecty.HTML { return b.progress(s, job) }),
			when(!working, func() *vecty.HTML {
				return el("p", "rest",
					icon("lock"),
					words("span", "private", "Files stay on this device."),
					kept(b.Store),
					slot(s.Place == store.AtLearn || s.Place == store.AtModel, func() vecty.Component { return &OfflineKeeper{Store: b.Store} }),
					el("a", "notices", attr("href", at("/notices.txt"), "target", "_blank", "rel", "noopener"), text("Licences")),
					el("span", "engine", text(engine(s)), threads(b.Store)))
			}))
	})
}

// kept asks once whether the work is to outlive the tab, says how much that takes, and forgets it again.
func kept(st *store.Store) *vecty.HTML {
	s := st.State()
	return el("span", "kept",
		when(s.Keep.Problem != "", func() *vecty.HTML { return words("span", "wrong", s.Keep.Problem) }),
		when(s.Keep.On, func() *vecty.HTML { return words("span", "kept-size", "Work kept, "+phrase.Bytes(s.Kept())+".") }),
		when(s.Keep.On, func() *vecty.HTML {
			return button("small quiet", "", "Forget everything", false, func() { st.Dispatch(store.ForgetWork{}) })
		}),
		when(!s.Keep.On && (s.Model != nil || s.Data != nil), func() *vecty.HTML {
			return button("small quiet", "save", "Keep my work ("+phrase.Bytes(s.Kept())+")", false, func() { st.Dispatch(store.KeepWork{}) })
		}))
}

func engine(s store.State) string {
	switch {
	case s.NoEngine != "":
		return "No engine"
	case s.Engine == nil:
		return "Engine starting…"
	}
	return "Engine " + s.Engine.Version + " ready, "
}

func (b *BottomBar) progress(s store.State, job store.Job) *vecty.HTML {
	c := s.Clock
	label := doing(s, job)
	ratio, known := s.Fraction()
	return el("div", "progress",
		when(job.Kind == protocol.Run.Kind || job.Kind == protocol.Verify.Kind, func() *vecty.HTML { return stages(c.Stage, job.Recipe) }),
		el("div", "progress-line",
			words("span", "progress-label", label),
			words("span", "progress-left", left(s))),
		bar(label, ratio, known, c.Total == 0),
		el("div", "progress-actions",
			when(s.Stoppable(), func() *vecty.HTML { return takeBest(b.Store) }),
			when(s.InTraining() && c.Stage == protocol.StageTrain, func() *vecty.HTML {
				return button("small", "", "Pause", false, func() { b.Store.Dispatch(store.PauseTraining{}) })
			}),
			button("small quiet", "cross", "Cancel", false, func() { b.Store.Dispatch(store.Cancel{}) })))
}

// bar is a progress bar; without a known fraction it only says that something goes on. While what
// goes on is not counted, it pulses.
func bar(label string, ratio float64, known, pulses bool) *vecty.HTML {
	width := num(100 * ratio)
	return el("div", pick(known, "track", "track unknown")+pick(pulses, " pulses", ""),
		vecty.Markup(
			vecty.Attribute("role", "progressbar"),
			vecty.Attribute("aria-label", label),
			vecty.Attribute("aria-valuemin", "0"),
			vecty.Attribute("aria-valuemax", "100"),
			vecty.MarkupIf(known, vecty.Attribute("aria-valuenow", strconv.Itoa(int(100*ratio))))),
		svg("svg", []string{"viewBox", "0 0 100 1", "preserveAspectRatio", "none", "aria-hidden", "true"},
			svg("rect", []string{"class", "track-fill", "x", "0", "y", "0", "height", "1", "width", pick(known, width, "30")})))
}

// stages is the row of stage names, the present one marked.
func stages(present string, r recipe.Recipe) *vecty.HTML {
	all := protocol.Stages(r)
	at := -1
	for i, st := range all {
		if st == present {
			at = i
		}
	}
	return el("ol", "stages", attr("aria-hidden", "true"),
		each(all, func(i int, st string) vecty.ComponentOrHTML {
			return el("li", pick(i < at, "past", pick(i == at, "present", "")), text(st))
		}))
}

// doing names what goes on: Calibrate 32 of 64.
func doing(s store.State, job store.Job) string {
	c := s.Clock
	name := map[protocol.Kind]string{
		protocol.Open.Kind:     "Opening the model",
		protocol.Load.Kind:     "Reading the data",
		protocol.Run.Kind:      "Starting",
		protocol.Verify.Kind:   "Checking",
		protocol.Recheck.Kind:  "Running the layers on the scalar engine",
		protocol.Compare.Kind:  "Comparing",
		protocol.Diagnose.Kind: "Looking for the cause",
		protocol.Improve.Kind:  "Looking for a better recipe",
		protocol.Mix.Kind:      "Measuring bits",
		protocol.Bounds.Kind:   "Bounding sums",
	}[job.Kind]
	switch {
	case c.Stage == "" || job.Kind == protocol.Compare.Kind:
	case job.Kind == protocol.Diagnose.Kind || job.Kind == protocol.Improve.Kind: // whose stages do not tell what they are for
		name += ": " + c.Stage
	default:
		name = strings.ToUpper(c.Stage[:1]) + c.Stage[1:]
	}
	if c.Total > 0 {
		name += pick(strings.Contains(name, ": ") || job.Kind == protocol.Compare.Kind, ", ", " ") + phrase.Count(int64(c.Done)) + " of " + phrase.Count(int64(c.Total))
	}
	return name
}

func left(s store.State) string {
	job, _ := s.Working()
	if s.Clock.Left < 0 {
		return "longer than estimated: the machine is busy or the network is large"
	}
	seconds, known := s.Left()
	if !known {
		return ""
	}
	return pick(s.Clock.Left > 0 && s.Clock.Stage != protocol.StageTrain, "at most ", "about ") + phrase.Seconds(seconds) + " left" +
		pick(job.Kind == protocol.Improve.Kind, ", then the run", "")
}
