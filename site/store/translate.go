package store

import "github.com/quantscope/quantscope/wasm/protocol"

// Translation is what came of MQBench's own configuration, while the recipe is the one it came to.
type Translation struct{ protocol.Translation }

// FromMQBench is the configuration that the present recipe came of, nil if it came of none.
func (s State) FromMQBench() *Translation {
	if t := s.Translation; t.Recipe.Name != "" && sameRecipe(t.Recipe, s.Recipe) {
		return &t
	}
	return nil
}

// Translate takes MQBench's own configuration as the recipe: YAML, JSON or Python. Preprocessing and data stay where it
// does not say them.
type Translate struct{ Text string }

func (a Translate) apply(s State) (State, []Effect) {
	if len(s.Jobs) > 0 {
		return s, nil
	}
	// It needs no files: those would only be handed over again.
	s.Problem = nil
	return enqueue(s, protocol.Translate, protocol.TranslateRequest{Text: a.Text, Base: s.Recipe}, Job{})
}

// Translated is the core's answer.
type Translated struct {
	Job         int
	Translation protocol.Translation
}

func (a Translated) apply(s State) (State, []Effect) {
	s, _, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Translation = Translation{a.Translation}
	s.Recipe, s.Edits = a.Translation.Recipe, nil
	s.Said = "The configuration is now the recipe."
	return s, nil
}
