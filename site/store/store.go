// Package store holds everything the page knows, and how each event changes it. An Action comes from
// the user, the core or the network; Dispatch applies it, hands its Effects to the browser and tells
// the view. Nothing here touches the browser, so all of it is tested natively.
package store

// Action is something that happened. It gives the state that follows and what is to be done about it.
type Action interface {
	apply(State) (State, []Effect)
}

// Effect is a request to the browser; package browser fulfils it and answers with an Action.
type Effect interface{ effect() }

// Store is the one place that changes the state.
type Store struct {
	state   State
	recipe  string // as the address has it
	perform func(Effect)
	changed func()
}

// New makes a store. perform fulfils effects and must not dispatch before it returns; changed is
// called after every action.
func New(s State, perform func(Effect), changed func()) *Store {
	return &Store{state: s, perform: perform, changed: changed}
}

// State is the present state; it and what it points to are never modified.
func (s *Store) State() State { return s.state }

// Dispatch applies an action.
func (s *Store) Dispatch(a Action) {
	var effects []Effect
	before := s.state
	s.state, effects = a.apply(s.state)
	s.state = s.state.remember(a, before.Recipe)
	if !sameRecipe(before.Recipe, s.state.Recipe) {
		s.recipe = s.state.RecipeFragment()
	}
	var looks []Effect
	s.state, looks = follow(s.state)
	effects = append(effects, looks...)
	if _, recalled := a.(Recalled); !recalled {
		effects = append(effects, s.state.keep(before)...)
	}
	for _, e := range effects {
		s.perform(e)
	}
	s.changed()
}
