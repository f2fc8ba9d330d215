package store

import (
	"testing"

	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestAConfigurationBecomesTheRecipe(t *testing.T) {
	s := examinable(t)
	s, effects := Translate{"a: 1"}.apply(s)
	asked, err := protocol.Translate.Asked(effects[len(effects)-1].(Post).Message)
	if err != nil || asked.Text != "a: 1" || !sameRecipe(asked.Base, s.Recipe) {
		t.Fatalf("asked %+v (%v)", asked, err)
	}
	failed, _ := Failed{Job: s.Jobs[0].ID, Message: "configuration: line 1: no"}.apply(s)
	if failed.Problem == nil || failed.Problem.What != "This configuration cannot be used." || !sameRecipe(failed.Recipe, s.Recipe) {
		t.Errorf("problem %+v", failed.Problem)
	}
	other := s.Recipe
	other.Weight.Scheme.Bits = 4
	s, _ = Translated{Job: s.Jobs[0].ID, Translation: protocol.Translation{Recipe: other, Notes: []string{"x has no meaning here"}}}.apply(s)
	if got := s.FromMQBench(); got == nil || len(got.Notes) != 1 || s.Recipe.Weight.Scheme.Bits != 4 {
		t.Errorf("%+v", got)
	}
	s.Recipe.Weight.Scheme.Bits = 5
	if s.FromMQBench() != nil {
		t.Error("a recipe that was changed since is said to be the configuration's")
	}
}
