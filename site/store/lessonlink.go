package store

import (
	"strconv"
	"strings"
)

// LessonLink is what an address says of a lesson: learn/clip;layer=3.
type LessonLink struct {
	Page  string // its id, empty for the first
	Layer int    // -1 for the one that shows most
}

// Fragment is what stands behind the # for a lesson.
func (l Lesson) Fragment() string {
	out := "/" + l.Taught().ID
	if l.Layer >= 0 {
		out += ";layer=" + strconv.Itoa(l.Layer)
	}
	return out
}

// readLesson reads what Fragment wrote. What is not understood is left out.
func readLesson(text string) *LessonLink {
	page, further, _ := strings.Cut(strings.TrimPrefix(text, "/"), ";")
	link := &LessonLink{Page: page, Layer: -1}
	for setting := range strings.SplitSeq(further, ";") {
		if n, ok := strings.CutPrefix(setting, "layer="); ok {
			if n, err := strconv.Atoi(n); err == nil && n >= 0 {
				link.Layer = n
			}
		}
	}
	return link
}

// follow goes where a link leads.
func (l Lesson) follow(link LessonLink) Lesson {
	page := max(l.Index(link.Page), 0)
	if page != l.Page {
		l = l.at(page)
	}
	l.Layer = link.Layer
	return l
}
