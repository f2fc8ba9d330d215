package exec_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	networks "github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// nodeInput is an input of a node: random floats, or numbers of a type. What is no float and no constant comes
// as floats and is cast.
type nodeInput struct {
	shape  []int
	t      onnx.DataType // of floats where it is 0
	most   int           // of integers: their bound, or of floats rounded to integers
	data   []float64     // given ones
	fixed  bool          // a constant
	absent bool
}

// nodeCase is one node on inputs; what it makes is cast to floats.
type nodeCase struct {
	op      string
	opset   int64
	attrs   []onnx.Attr
	inputs  []nodeInput
	outputs int    // 1 where it is 0
	domain  string // of the operator
}

func floats(shape ...int) nodeInput { return nodeInput{shape: shape} }

func whole(most int, shape ...int) nodeInput {
	return nodeInput{shape: shape, t: onnx.Int64, most: most}
}

func truths(shape ...int) nodeInput { return nodeInput{shape: shape, t: onnx.Bool, most: 2} }

// list is a constant of integers.
func list(v ...float64) nodeInput {
	return nodeInput{shape: []int{len(v)}, t: onnx.Int64, data: v, fixed: true}
}

// of is in with another shape, and cast with another type.
func (in nodeInput) of(shape ...int) nodeInput {
	in.shape = shape
	return in
}

func (in nodeInput) cast(t onnx.DataType) nodeInput {
	in.t = t
	return in
}

// positive are floats above zero.
func positive(shape ...int) nodeInput {
	in := floats(shape...)
	in.most = -1
	return in
}

// model is the node with casts around it, and numbers for its inputs.
func (c nodeCase) model(r *rand.Rand) (*onnx.Model, []orttest.Tensor) {
	g := &onnx.Graph{Name: c.op}
	n := onnx.Node{Name: "node", OpType: c.op, Domain: c.domain, Attrs: c.attrs}
	var given []orttest.Tensor
	cast := func(from, to string, t onnx.DataType) {
		g.Nodes = append(g.Nodes, onnx.Node{Name: "cast_" + to, OpType: "Cast", Inputs: []string{from}, Outputs: []string{to}, Attrs: []onnx.Attr{onnx.Int("to", int(t))}})
	}
	dims := func(shape []int) (d []int64) {
		for _, n := range shape {
			d = append(d, int64(n))
		}
		return d
	}
	for i, in := range c.inputs {
		name := fmt.Sprint("x", i)
		if in.absent {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		x := make([]float32, graph.Len(in.shape))
		for k := range x {
			switch {
			case in.data != nil:
				x[k] = float32(in.data[k])
			case in.most > 0:
				x[k] = float32(r.IntN(in.most))
			case in.most < 0:
				x[k] = 0.5 + r.Float32()
			default:
				x[k] = float32(r.NormFloat64())
			}
		}
		switch {
		case in.fixed && in.t == 0:
			g.Initializers = append(g.Initializers, onnx.FromFloats(name, dims(in.shape), x))
		case in.fixed:
			ints := make([]int64, len(x))
			for k := range x {
				ints[k] = int64(x[k])
			}
			g.Initializers = append(g.Initializers, onnx.FromInts(name, in.t, dims(in.shape), ints))
		default:
			info := onnx.ValueInfo{Name: name, Known: true, ElemType: onnx.Float, HasShape: true}
			for _, d := range in.shape {
				info.Dims = append(info.Dims, onnx.Dim{Value: int64(d), Set: true})
			}
			g.Inputs = append(g.Inputs, info)
			given = append(given, orttest.Tensor{Name: name, Shape: in.shape, Data: x})
			if in.t != 0 {
				cast(name, name+"_cast", in.t)
				name += "_cast"
			}
		}
		n.Inputs = append(n.Inputs, name)
	}
	for i := range max(c.outputs, 1) {
		n.Outputs = append(n.Outputs, fmt.Sprint("made", i))
	}
	g.Nodes = append(g.Nodes, n)
	for i, made := range n.Outputs {
		y := fmt.Sprint("y", i)
		cast(made, y, onnx.Float)
		g.Outputs = append(g.Outputs, onnx.ValueInfo{Name: y, Known: true, ElemType: onnx.Float})
	}
	m := &onnx.Model{IRVersion: 9, Opsets: []onnx.Opset{{Version: c.opset}}, Graph: g}
	if c.domain != "" {
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: c.domain, Version: 1})
	}
	return m, given
}

// nodeNear is how far, of an output's greatest magnitude, floats may be from ONNX Runtime's; recurrentNear where a cell
// steps: it approximates a cell's functions, on some processors to 1e-5, and steps add up.
const nodeNear, recurrentNear = 1e-5, 1e-4

// TestNodesInONNXRuntime runs single nodes, with all their inputs at run time, beside ONNX Runtime, and the file
// that is written of each.
func TestNodesInONNXRuntime(t *testing.T) {
	cases := slices.Concat(nodeCases(), recurrentCases(), twinCases(), loopCases())
	graphs := make([]*graph.Graph, len(cases))
	var jobs []orttest.Job
	for i, c := range cases {
		m, given := c.model(rand.New(rand.NewPCG(7, uint64(i))))
		job := orttest.Job{Model: onnx.Encode(m), Inputs: given}
		for _, y := range m.Graph.Outputs {
			job.Outputs = append(job.Outputs, orttest.Tensor{Name: y.Name})
		}
		g, err := onnx.ToGraph(m, onnx.Options{})
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		graphs[i], jobs = g, append(jobs, job)
		written, err := onnx.FromGraph(g, onnx.MaxWriteOpset)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		again := job
		again.Model, again.Outputs = onnx.Encode(written), append([]orttest.Tensor(nil), job.Outputs...)
		jobs = append(jobs, again)
	}
	orttest.RunAll(t, "node", "disabled", jobs)
	for i, c := range cases {
		t.Run(fmt.Sprint(i, " ", c.op), func(t *testing.T) {
			r, err := exec.New(context.Background(), graphs[i], exec.Config{Pool: exec.Compiled})
			if err != nil {
				t.Fatalf("%v\n%s", err, networks.Lines(graphs[i], nil))
			}
			defer r.Close()
			var inputs [][]float32
			for _, x := range jobs[2*i].Inputs {
				inputs = append(inputs, x.Data)
			}
			if err := r.Run(context.Background(), inputs...); err != nil {
				t.Fatal(err)
			}
			near := nodeNear
			if slices.Contains([]string{"RNN", "LSTM", "GRU"}, c.op) {
				near = recurrentNear
			}
			for k := range jobs[2*i].Outputs {
				alike(t, near, fmt.Sprint("output ", k), r.Output(k), jobs[2*i].Outputs[k].Data)
				alike(t, near, fmt.Sprint("output of the written file ", k), jobs[2*i+1].Outputs[k].Data, jobs[2*i].Outputs[k].Data)
			}
		})
	}
}

// alike holds got against want, relative to the greatest number.
func alike(t *testing.T, near float64, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d numbers, want %d", what, len(got), len(want))
	}
	most := 1e-2
	for _, w := range want {
		if d := math.Abs(float64(w)); !math.IsInf(d, 0) && !math.IsNaN(d) {
			most = max(most, d)
		}
	}
	for e, w := range want {
		d := math.Abs(float64(got[e]) - float64(w))
		if got[e] != w && !(d <= near*most) && !(math.IsNaN(float64(got[e])) && math.IsNaN(float64(w))) {
			t.Fatalf("%s, element %d is %v, want %v", what, e, got[e], w)
		}
	}
}
