package store

import (
	"slices"

	"github.com/quantscope/quantscope/site/lessons"
)

// LessonEdit is a lesson as a teacher wants it for others: it becomes a link.
type LessonEdit struct {
	All    []lessons.Page // that there are
	Pages  []string       // ids of those that are wanted, in the lesson's order
	Locked []lessons.Control
}

// EditLesson opens the form in which a lesson is made for others, or closes it.
type EditLesson struct{ On bool }

func (a EditLesson) apply(s State) (State, []Effect) {
	s.Lesson.Edit = nil
	if a.On {
		e := &LessonEdit{All: lessons.BuiltIn().Pages, Locked: s.Lesson.Locked}
		for _, p := range s.Lesson.Pages {
			e.Pages = append(e.Pages, p.ID)
		}
		s.Lesson.Edit = e
	}
	return s, nil
}

// PickPage takes a page into the lesson that is edited, or out of it.
type PickPage struct {
	ID string
	On bool
}

func (a PickPage) apply(s State) (State, []Effect) {
	if s.Lesson.Edit == nil {
		return s, nil
	}
	e := *s.Lesson.Edit
	var pages []string
	for _, p := range e.All {
		if p.ID == a.ID && a.On || p.ID != a.ID && slices.Contains(e.Pages, p.ID) {
			pages = append(pages, p.ID)
		}
	}
	if len(pages) > 0 { // the last one stays
		e.Pages = pages
	}
	s.Lesson.Edit = &e
	return s, nil
}

// Lock keeps others from turning a control, or lets them.
type Lock struct {
	Control lessons.Control
	On      bool
}

func (a Lock) apply(s State) (State, []Effect) {
	if s.Lesson.Edit == nil {
		return s, nil
	}
	e := *s.Lesson.Edit
	e.Locked = slices.DeleteFunc(slices.Clone(e.Locked), func(c lessons.Control) bool { return c == a.Control })
	if a.On {
		e.Locked = append(e.Locked, a.Control)
	}
	s.Lesson.Edit = &e
	return s, nil
}

// Link is the one to the lesson that is edited: it begins with its first page, at the layer and the item that are looked at.
func (e LessonEdit) Link(l Lesson) LessonLink {
	link := LessonLink{Page: e.Pages[0], Layer: l.Layer, Item: l.Item, Locked: e.Locked}
	if len(e.Pages) < len(e.All) {
		link.Pages = e.Pages
	}
	return link
}

// CopyLesson puts the link to the lesson that is edited on the clipboard. Origin is that of the page.
type CopyLesson struct{ Origin string }

// CopiedLesson is what Copied says of such a link.
const CopiedLesson = "lesson"

func (a CopyLesson) apply(s State) (State, []Effect) {
	if s.Lesson.Edit == nil {
		return s, nil
	}
	s.copying = CopiedLesson
	return s, []Effect{CopyText{Text: a.Origin + "/#" + string(AtLearn) + s.Lesson.Edit.Link(s.Lesson).String()}}
}

// Present shows the lesson to a room, or ends that.
type Present struct{ On bool }

func (a Present) apply(s State) (State, []Effect) {
	if a.On == s.Lesson.Present || a.On && s.Place != AtLearn {
		return s, nil
	}
	s.Lesson.Present, s.Lesson.Edit = a.On, nil
	return s, []Effect{ShowPlace{s.Place}}
}

// Presenting tells whether the lesson is shown to a room.
func (s State) Presenting() bool { return s.Place == AtLearn && s.Lesson.Present }

// Leaf turns pages while presenting, forward or back.
type Leaf struct{ By int }

func (a Leaf) apply(s State) (State, []Effect) {
	if !s.Presenting() {
		return s, nil
	}
	return TurnPage{Page: s.Lesson.Page + a.By}.apply(s)
}

// Offers tells whether a control may be turned now.
func (l Lesson) Offers(c lessons.Control) bool {
	return l.Free() && l.Taught().Has(c) && !slices.Contains(l.Locked, c)
}
