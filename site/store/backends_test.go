package store

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestBackendsAreSetBesideTheRecipe(t *testing.T) {
	tensor := func(name string, low, high float32, zero int32) report.Tensor {
		return report.Tensor{Name: name, Scales: 1, Low: low, High: high, ZeroLow: zero, ZeroHigh: zero}
	}
	wide := tensor("conv weight", -1, 1, 0)
	wide.Scales = 8
	now := report.Calibration{Recipe: "config1", Tensors: []report.Tensor{tensor("x", -1, 1, 128), wide, tensor("y", 0, 4, 0), tensor("z", 0, 1, 0)}}
	there := report.Calibration{Recipe: "snpe", Float: []string{"fc"}, Tensors: []report.Tensor{
		tensor("x", -1, 1, 128), tensor("conv weight", -1, 1, 0), tensor("y", -4, 4, 7), tensor("out", 0, 9, 0)}}
	c := Change{now.Change(there)}
	if c.Quantizers != 4 || c.Added != 1 || c.Dropped != 1 || c.Ranges != 2 || c.Zeros != 1 || len(c.Float) != 1 {
		t.Errorf("%+v", c)
	}
	table := c.Table().CSV()
	for _, want := range []string{"conv weight,\"-1 … 1, 8 scales\",-1 … 1,0,0\r\n", "y,0 … 4,-4 … 4,0,7\r\n", "out,float,0 … 9,–,0\r\n", "z,0 … 1,float,0,–\r\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if c := now.Change(report.Calibration{Recipe: "nnie", Problem: "no"}); c.Problem != "no" || c.Dropped != 0 {
		t.Errorf("a backend that cannot be: %+v", c)
	}
}

func TestBackendsAreComparedWithTheSameData(t *testing.T) {
	d := opened(t)
	d.Dispatch(Edit{Field: DataFields()[0], Text: "40"})
	d.Dispatch(CompareBackends{})
	job, working := d.State().Working()
	if !working || job.Kind != protocol.Compare {
		t.Fatalf("the job is %v", job)
	}
	var body protocol.CompareBody
	for _, e := range d.effects {
		if p, ok := e.(Post); ok && p.Message.Kind == protocol.Compare {
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
