package view

import "github.com/quantscope/quantscope/site/store"

// Title is the tab's title: what is open, with an hourglass while the core works.
func Title(s store.State) string {
	title := "Quantscope"
	if s.Model != nil {
		title = s.Model.Summary.Name + " · " + title
	}
	if job, working := s.Working(); working {
		title = "⏳ " + doing(s, job) + " · " + title
	}
	return title
}
