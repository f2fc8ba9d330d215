package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestNodesAreTimedWhenTheGraphShowsIt(t *testing.T) {
	d := finished(t)
	d.Dispatch(ShowOverlay{ByTime})
	if got := d.taken(); got != "" {
		t.Fatalf("behind the table it did %s", got)
	}
	d.Dispatch(ShowGraph{On: true})
	if got := d.taken(); got != "post times" {
		t.Fatalf("the graph did %s", got)
	}
	name := d.State().Result.Report.Layers[0].Name
	d.state.Result.Model.Summary.Nodes = []inspect.Node{{Name: name, Op: "Conv"}, {Name: "inside", Op: "Relu"}}
	d.Dispatch(Timed{Job: d.State().Times.asked - 7, Times: inspect.Times{}})
	if !d.State().Times.Waiting {
		t.Error("the answer to another question is taken")
	}
	d.Dispatch(Timed{Job: d.State().Times.asked, Times: inspect.Times{Nodes: []inspect.NodeTime{{Name: name, Float: 2.5e-3, Quantized: 5e-5}}}})
	n := d.State().GraphNodes()
	if n[0].Float != "2.50 ms" || n[0].Quantized != "50 µs" || n[0].Measure != "50×" || n[1].Measure != "" {
		t.Errorf("%+v", n)
	}
	d.Dispatch(Dismiss{})
	if got := d.taken(); got != "" {
		t.Errorf("it is asked again: %s", got)
	}
}

func TestATimeThatIsNotMeasuredSaysWhy(t *testing.T) {
	d := finished(t)
	d.Dispatch(ShowGraph{On: true})
	d.Dispatch(ShowOverlay{ByTime})
	d.taken()
	d.Dispatch(Failed{Job: d.State().Times.asked, Message: "no"})
	if s := d.State(); s.Times.Problem != "no" || s.Times.Waiting || d.taken() != "" {
		t.Errorf("%+v", s.Times)
	}
}
