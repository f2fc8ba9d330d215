package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/site/lessons"
)

// LessonLink is what an address says of a lesson: learn/clip;layer=3;item=2;pages=fake,clip;lock=layer,scope;present.
// It is all that there is of an edited lesson: nothing is sent or kept.
type LessonLink struct {
	Page    string            // its id, empty for the first
	Layer   int               // -1 for the one that shows most
	Item    int               // that is run first
	Pages   []string          // ids of the pages in their order, nil for all
	Locked  []lessons.Control // that may not be turned
	Present bool              // to a room
}

// Fragment is what stands behind the # for a lesson.
func (l Lesson) Fragment() string { return l.link().String() }

// link is the one to the page as it is shown.
func (l Lesson) link() LessonLink {
	return LessonLink{Page: l.Taught().ID, Layer: l.Layer, Item: l.Item, Pages: l.chosen, Locked: l.Locked, Present: l.Present}
}

// String is the link as it stands in an address.
func (l LessonLink) String() string {
	out := "/" + l.Page
	if l.Layer >= 0 {
		out += ";layer=" + strconv.Itoa(l.Layer)
	}
	if l.Item > 0 {
		out += ";item=" + strconv.Itoa(l.Item)
	}
	if l.Pages != nil {
		out += ";pages=" + strings.Join(l.Pages, ",")
	}
	if l.Locked != nil {
		var names []string
		for _, c := range l.Locked {
			names = append(names, string(c))
		}
		out += ";lock=" + strings.Join(names, ",")
	}
	if l.Present {
		out += ";present"
	}
	return out
}

// readLesson reads what String wrote. What is not understood is left out.
func readLesson(text string) *LessonLink {
	page, further, _ := strings.Cut(strings.TrimPrefix(text, "/"), ";")
	link := &LessonLink{Page: page, Layer: -1}
	for setting := range strings.SplitSeq(further, ";") {
		name, value, _ := strings.Cut(setting, "=")
		number, err := strconv.Atoi(value)
		switch known := err == nil && number >= 0; name {
		case "layer":
			if known {
				link.Layer = number
			}
		case "item":
			if known {
				link.Item = number
			}
		case "pages":
			link.Pages = strings.Split(value, ",")
		case "lock":
			for _, c := range lessons.Controls() {
				if slices.Contains(strings.Split(value, ","), string(c)) {
					link.Locked = append(link.Locked, c)
				}
			}
		case "present":
			link.Present = true
		}
	}
	return link
}

// follow goes where a link leads.
func (l Lesson) follow(link LessonLink) Lesson {
	if !slices.Equal(link.Pages, l.chosen) {
		l = l.only(link.Pages)
		l.Page = -1
	}
	page := max(l.Index(link.Page), 0)
	if page != l.Page {
		l = l.at(page)
	}
	l.Layer, l.Item, l.Locked, l.Present = link.Layer, link.Item, link.Locked, link.Present
	if l.Scene != nil {
		l.Item = min(l.Item, len(l.Scene.Inputs)-1)
	}
	return l
}

// only is the lesson with these pages, in their order; with all of them where none of these is known.
func (l Lesson) only(ids []string) Lesson {
	all := lessons.BuiltIn()
	l.Lesson, l.chosen = all, nil
	var pages []lessons.Page
	for _, id := range ids {
		if i := all.Index(id); i >= 0 && !slices.Contains(l.chosen, id) {
			pages, l.chosen = append(pages, all.Pages[i]), append(l.chosen, id)
		}
	}
	if pages != nil {
		l.Pages = pages
	}
	l.Guesses, l.Solved = make([]Guess, len(l.Pages)), make([]bool, len(l.Pages))
	return l
}
