package report_test

import (
	"testing"

	"github.com/quantscope/quantscope/quant/report"
)

func TestChange(t *testing.T) {
	tensor := func(name string, low, high float32, zero int32) report.Tensor {
		return report.Tensor{Name: name, Scales: 1, Low: low, High: high, ZeroLow: zero, ZeroHigh: zero}
	}
	channels := tensor("w", -1, 1, 0)
	channels.Scales = 8
	now := report.Calibration{Recipe: "config1", Tensors: []report.Tensor{tensor("x", -1, 1, 128), channels, tensor("y", 0, 4, 0), tensor("z", 0, 1, 0)}}
	there := report.Calibration{Recipe: "snpe", Float: []string{"fc"}, Tensors: []report.Tensor{
		tensor("x", -1, 1, 128), tensor("w", -1, 1, 0), tensor("out", 0, 9, 0), tensor("y", -4, 4, 7)}}
	c := now.Change(there)
	if c.Name != "snpe" || c.Quantizers != 4 || c.Added != 1 || c.Dropped != 1 || c.Ranges != 2 || c.Zeros != 1 || len(c.Float) != 1 {
		t.Errorf("%+v", c)
	}
	names := ""
	for _, p := range c.Tensors {
		names += p.Name + " "
		if (p.Now == nil) != (p.Name == "out") || (p.There == nil) != (p.Name == "z") || p.Ranged() != (p.Name == "w" || p.Name == "y") || p.Zeroed() != (p.Name == "y") {
			t.Errorf("%+v", p)
		}
	}
	if names != "x w out y z " {
		t.Errorf("tensors %s", names)
	}
	if c := now.Change(now); c.Added+c.Dropped+c.Ranges+c.Zeros != 0 {
		t.Errorf("with itself: %+v", c)
	}
	if c := now.Change(report.Calibration{Recipe: "nnie", Problem: "no"}); c.Problem != "no" || c.Dropped != 0 || len(c.Tensors) != 0 {
		t.Errorf("what cannot be: %+v", c)
	}
}
