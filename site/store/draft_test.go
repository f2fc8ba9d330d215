package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestRoundingIsLearnedFromADraft(t *testing.T) {
	s := examinable(t)
	s.Result.Seconds = 4
	s.Result.Report.Layers = []report.Layer{{Name: "a", WeightBits: 8}, {Name: "b", WeightBits: 8}, {Name: "c"}}
	s, _ = OpenForm{FormRounding}.apply(s)
	if s.OpenedForm() != FormRounding || s.Draft.Recipe.Refine.Rounding.Method != recipe.BRECQ || s.Recipe.Refine != (recipe.Refine{}) {
		t.Fatalf("%+v", s.Draft)
	}
	usual, known := s.Cost()
	iterations := form.RoundingFields(s.Draft.Recipe)[0]
	if text, wrong := s.DraftText(iterations); text != "500" || wrong != "" {
		t.Errorf("it shows %q %q", text, wrong)
	}
	s, _ = EditDraft{iterations, "no"}.apply(s)
	if s.Unready() == "" {
		t.Error("it runs with what is no number")
	}
	s, _ = EditDraft{iterations, "1000"}.apply(s)
	if more, _ := s.Cost(); !known || usual <= 0 || more != 2*usual {
		t.Errorf("500 iterations cost %g s (%t), 1000 %g s", usual, known, more)
	}
	s, _ = PickDraft{form.RoundingMethod(), recipe.GPTQ}.apply(s)
	if r := s.Draft.Recipe.Refine.Rounding; r != (recipe.Rounding{Method: recipe.GPTQ}) || len(form.RoundingFields(s.Draft.Recipe)) != 0 {
		t.Errorf("GPTQ has %+v", r)
	}
	s, _ = RunDraft{}.apply(s)
	if !s.Busy() || s.Recipe.Refine.Rounding.Method != recipe.GPTQ || s.OpenedForm() != NoForm {
		t.Errorf("jobs %v, recipe %+v", s.Jobs, s.Recipe.Refine)
	}
	if s, _ = (RunDraft{}).apply(examinable(t)); s.Busy() {
		t.Error("it runs what nobody drafted")
	}
}

func TestBitsAreChosenAlongTheFront(t *testing.T) {
	s := examinable(t)
	s, _ = OpenForm{FormBits}.apply(s)
	s, effects := Mix{Operations: true}.apply(s)
	asked, err := protocol.Mix.Asked(effects[0].(Post).Message)
	if err != nil || !asked.Operations || s.Choices() != nil {
		t.Fatalf("asked %+v (%v)", asked, err)
	}
	found := inspect.Mixed{Operations: true, Layers: []string{"a", "b"}, Choices: []inspect.Mix{{Bits: []int{2, 4}}, {Bits: []int{4, 4}}, {Bits: []int{8, recipe.FloatBits}}}}
	s, _ = BitsFound{Job: s.Jobs[0].ID, Mixed: found}.apply(s)
	if s.Choices() == nil || s.Choices().At != 1 || s.Unready() != "" {
		t.Fatalf("%+v, %s", s.Choices(), s.Unready())
	}
	s, _ = ChooseBits{7}.apply(s)
	if w := Widths(s.Choices().Chosen()); len(w) != 2 || w[0].String() != "float" || w[1] != (Width{8, 1}) {
		t.Errorf("widths %v", w)
	}
	s, _ = RunDraft{}.apply(s)
	own, has := s.Own("a")
	if !s.Busy() || !has || own.Weight.Scheme.Bits != 8 || own.Activation.Scheme.Bits != 8 {
		t.Errorf("layer a has %+v", own)
	}
	if own, has = s.Own("b"); !has || !own.Float {
		t.Errorf("layer b has %+v", own)
	}
}

func TestBoundsAreOfTheResult(t *testing.T) {
	s, effects := ProveBounds{}.apply(examinable(t))
	if asked, err := protocol.Bounds.Asked(effects[0].(Post).Message); err != nil || asked.Run != 7 || s.Proven() != nil {
		t.Fatalf("asked %+v (%v)", asked, err)
	}
	s.Place = AtInspect
	answer := Bounded{Job: s.Jobs[0].ID, Bounds: inspect.Bounds{Sums: []inspect.Sum{{Name: "a", Bits: 20, Input: []byte{0, 255}}}}}
	gone := s
	gone.Place = AtData
	if _, effects = answer.apply(gone); len(effects) > 0 {
		t.Errorf("who went on is called back: %v", effects)
	}
	if s, effects = answer.apply(s); len(effects) != 1 || effects[0] != (Reveal{"bounds-title"}) {
		t.Errorf("the sums are not brought into view: %v", effects)
	}
	if x, ok := s.Sum("a"); !ok || x.Bits != 20 {
		t.Errorf("%+v", s.Proven())
	}
	if rows := s.Proven().Table().Rows; len(rows) != 1 || rows[0][9] != "00ff" {
		t.Errorf("table %v", rows)
	}
	s.Result = &Result{}
	if s.Proven() != nil {
		t.Error("another result has this one's bounds")
	}
}
