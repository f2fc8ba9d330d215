package store

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestBackendsAreSetBesideTheRecipe(t *testing.T) {
	now, there := report.Tensor{Scales: 8, Low: -1, High: 1}, report.Tensor{Scales: 1, Low: -4, High: 4, ZeroLow: 7, ZeroHigh: 9}
	c := Change{report.Change{Tensors: []report.Pair{{Name: "w", Now: &now, There: &there}, {Name: "out", There: &there}, {Name: "z", Now: &now}}}}
	table := c.Table().CSV()
	for _, want := range []string{"w,\"-1 … 1, 8 scales\",-4 … 4,0,7 … 9\r\n", "out,float,-4 … 4,–,7 … 9\r\n", "z,\"-1 … 1, 8 scales\",float,0,–\r\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
}

func TestBackendsAreComparedWithTheSameData(t *testing.T) {
	d := opened(t)
	d.Dispatch(Edit{Field: form.DataFields()[0], Text: "40"})
	d.Dispatch(CompareBackends{})
	job, working := d.State().Working()
	if !working || job.Kind != protocol.Compare.Kind {
		t.Fatalf("the job is %v", job)
	}
	d.Dispatch(Quantize{})
	if s := d.State(); len(s.Jobs) != 1 || !strings.Contains(s.Obstacle(), "being compared") {
		t.Errorf("a run beside the comparison: %v, %q", s.Jobs, s.Obstacle())
	}
	var body protocol.CompareRequest
	for _, e := range d.effects {
		if p, ok := e.(Post); ok && p.Message.Kind == protocol.Compare.Kind {
			if err := json.Unmarshal(p.Message.Body, &body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(body.Recipes) < 15 || !sameRecipe(body.Recipes[0], d.State().Recipe) {
		t.Fatalf("%d recipes, the first is %s", len(body.Recipes), body.Recipes[0].Name)
	}
	answer := protocol.Comparison{}
	for _, r := range body.Recipes {
		if r.Data.Calibration != 40 {
			t.Errorf("%s calibrates on %d items", r.Name, r.Data.Calibration)
		}
		answer.Calibrations = append(answer.Calibrations, report.Calibration{Recipe: r.Name})
	}
	d.Dispatch(Compared{Job: job.ID, Comparison: answer})
	if s := d.State(); len(s.Backends.Changes) != len(body.Recipes)-1 || s.Outdated() || len(s.Jobs) != 0 {
		t.Errorf("%d backends, outdated %v, jobs %v", len(s.Backends.Changes), s.Outdated(), s.Jobs)
	}
	d.Dispatch(ChooseConfig{Name: "snpe"})
	if !d.State().Outdated() {
		t.Error("another recipe does not make the comparison outdated")
	}
}
