package store

import "github.com/quantscope/quantscope/quant/recipe"

// Arrived says that the address now shows a place: the user came, went back or forward. Recipe is what the
// address held when the page was opened, nil if nothing.
type Arrived struct {
	Place  Place
	Recipe *recipe.Recipe
	Lesson *LessonLink // nil in other places
}

func (a Arrived) apply(s State) (State, []Effect) {
	s.Place = a.Place
	if a.Recipe != nil {
		s.Recipe, s.linked = *a.Recipe, a.Recipe
	}
	if a.Lesson != nil {
		s.Lesson = s.Lesson.follow(*a.Lesson)
	}
	if a.Place == AtClaim && s.Claim == nil {
		s.Place = AtModel
	}
	return s, nil
}

// Places are the five places in the order of the work, then that of lessons.
func Places() []Place {
	return []Place{AtModel, AtData, AtQuantize, AtInspect, AtExport, AtLearn}
}

// Title is the name of a place.
func (p Place) Title() string {
	switch p {
	case AtModel:
		return "Model"
	case AtData:
		return "Data"
	case AtQuantize:
		return "Quantize"
	case AtInspect:
		return "Inspect"
	case AtExport:
		return "Export"
	case AtLearn:
		return "Learn"
	}
	return "Shared result"
}

// Settled tells whether a place has what it is there for.
func (s State) Settled(p Place) bool {
	switch p {
	case AtModel:
		return s.Model != nil
	case AtData:
		return s.Data != nil
	case AtQuantize, AtInspect, AtExport:
		return s.Result != nil && !s.Stale()
	}
	return false
}
