package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestCalibrationIsCheckedForThePresentRecipe(t *testing.T) {
	d := opened(t)
	d.Dispatch(CheckCalibration{})
	if got := d.taken(); got != "post adequacy" {
		t.Fatalf("it did %s", got)
	}
	d.Dispatch(CalibrationChecked{Job: d.State().Jobs[0].ID, Adequacy: inspect.Adequacy{Sentence: "Enough.", Enough: true}})
	if a := d.State().Adequate(); a == nil || !a.Enough || len(d.State().Jobs) != 0 {
		t.Fatalf("%+v", a)
	}
	d.Dispatch(ChooseConfig{"config2"})
	if d.State().Adequate() != nil {
		t.Error("it is said of another recipe")
	}
}
