package view

import (
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Title is the tab's title: what is open, with an hourglass while the core works.
func Title(s store.State) string {
	title := "Quantscope"
	if c := s.Claim; s.Place == store.AtClaim && c != nil && c.Receipt != nil {
		title = claimTitle(c) + " · " + title
	} else if s.Model != nil {
		title = s.Model.Summary.Name + " · " + title
	}
	if s.Place == store.AtLearn {
		title = s.Lesson.Taught().Title + " · " + title
	}
	if job, working := s.Working(); working {
		title = "⏳ " + doing(s, job) + " · " + title
	}
	return title
}

// claimTitle is a shared result's model, recipe and first figure.
func claimTitle(c *store.Claim) string {
	m, title := c.Receipt.Metrics, "Shared result of "+c.Title()
	switch {
	case m.Labelled > 0:
		title += ", top-1 " + phrase.Percent(phrase.Ratio(m.Top1Float, m.Labelled)) + " → " + phrase.Percent(phrase.Ratio(m.Top1Quant, m.Labelled))
	case m.Measure != "":
		title += ", " + phrase.Measured(m.Measure, m.Value)
	case m.N > 0:
		title += ", " + phrase.Percent(phrase.Ratio(m.Agreement, m.N)) + " agreement"
	}
	return title
}
