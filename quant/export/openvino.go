package export

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

const openVINODomain = "org.openvinotoolkit"

// writeOpenVINO gives <name>_deploy_model.onnx with a FakeQuantize of OpenVINO's for every quantizer,
// of weights too: input and output low and high, and levels. Weights of 128 levels, 7 bits, are written
// with 256 over twice the range, as MQBench does: the codes stay those of 7 bits.
func writeOpenVINO(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	for i, q := range c.Quantizers {
		if low, high, _ := limits(c.Params[i], c.Graph.Values[q.Value].Shape); !graph.Finite(low.F) || !graph.Finite(high.F) {
			return nil, nil, fmt.Errorf("%s has codes for numbers beyond those of float32, in which its limits are written: look at the layer's weights and inputs", q.Name)
		}
	}
	whole := c.Graph.Clone()
	whole.Notes = nil
	dropPads(whole)
	f := fakeQuantizes{graph.Rewrite(whole), c, make([]graph.ValueID, len(whole.Values))}
	for v := range f.reads {
		f.reads[v] = graph.ValueID(v)
	}
	g, err := f.insert(whole)
	if err != nil {
		return nil, nil, err
	}
	model, notes, err := modelFile(ctx, name+"_deploy_model.onnx", c, g, opset8, func(m *onnx.Model) {
		for i := range m.Graph.Nodes {
			if n := &m.Graph.Nodes[i]; n.OpType == "FakeQuantize" {
				n.Domain = openVINODomain
			}
		}
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: openVINODomain, Version: 1})
	}, f.reread)
	if err != nil {
		return nil, nil, err
	}
	return []File{model}, notes, nil
}

// fakeQuantizes puts the nodes into the result.
type fakeQuantizes struct {
	*graph.Builder // of the result
	c              *calibrate.Calibrated
	reads          []graph.ValueID // what readers of each value of c.Graph read now
}

func (f *fakeQuantizes) insert(g *graph.Graph) (*graph.Graph, error) {
	of := quantizerOf(f.c)
	producer := g.Producers()
	for v := range f.reads {
		if of[v] >= 0 && producer[v] < 0 { // inputs and weights
			f.quantize(graph.ValueID(v), f.c.Params[of[v]])
		}
	}
	for _, n := range g.Nodes {
		n.Inputs = slices.Clone(n.Inputs)
		for i, v := range n.Inputs {
			if v != graph.None {
				n.Inputs[i] = f.reads[v]
			}
		}
		f.Append(n)
		for _, v := range n.Outputs {
			if v != graph.None && of[v] >= 0 {
				f.quantize(v, f.c.Params[of[v]])
			}
		}
	}
	return f.Done()
}

// quantize adds the FakeQuantize of a value; an output of the network gives it its name.
func (f *fakeQuantizes) quantize(v graph.ValueID, p scheme.QParams) {
	name := f.Graph.Values[v].Name
	low, high, levels := limits(p, f.Graph.Values[v].Shape)
	out := f.Named(name+"_FakeQuantize", name+"_fake_quantized", fakeQuantize{levels}, v,
		f.Const("input_min_"+name, low), f.Const("input_max_"+name, high), f.Const("output_min_"+name, low), f.Const("output_max_"+name, high))
	if i := slices.Index(f.Graph.Outputs, v); i >= 0 && out != graph.None {
		f.Graph.Outputs[i] = out
		f.Rename(v, f.Graph.Values[out].Name)
		f.Rename(out, name)
	}
	f.reads[v] = out
}

// limits are the numbers of the lowest and highest code, in float64 and rounded once, shaped to
// broadcast against the tensor.
func limits(p scheme.QParams, shape []int) (low, high *graph.Tensor, levels int) {
	n, q := float64(p.QMin), float64(p.QMax)
	if levels = int(p.QMax-p.QMin) + 1; levels == 128 {
		levels, n, q = 256, 2*n, 2*q+1
	}
	to := []int{1}
	if p.Axis >= 0 {
		to = make([]int, len(shape))
		for i := range to {
			to[i] = 1
		}
		to[p.Axis] = len(p.Scale)
	}
	low = &graph.Tensor{DType: graph.Float32, Shape: to, F: make([]float32, len(p.Scale))}
	high = &graph.Tensor{DType: graph.Float32, Shape: to, F: make([]float32, len(p.Scale))}
	for ch, s := range p.Scale {
		low.F[ch] = float32((n - float64(p.ZeroPoint[ch])) * float64(s))
		high.F[ch] = float32((q - float64(p.ZeroPoint[ch])) * float64(s))
	}
	return low, high, levels
}

// fakeQuantize is OpenVINO's operator: x, input low and high, output low and high.
type fakeQuantize struct{ levels int }

func (fakeQuantize) Type() string { return "FakeQuantize" }

func (fakeQuantize) Infer(in []graph.Value) ([]graph.Value, error) {
	return []graph.Value{{DType: graph.Float32, Shape: in[0].Shape}}, nil
}

func (f fakeQuantize) Encode(w *onnx.Writer, n graph.Node) error {
	w.Plain(n, "FakeQuantize", nil, onnx.Int("levels", f.levels))
	return nil
}

// reread finds the FakeQuantize of every quantizer in the file, and holds the grid that OpenVINO makes
// of its numbers against the quantizer's: scale = (high − low)/(levels − 1).
func (f *fakeQuantizes) reread(file []byte) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	byName := map[string]onnx.Node{}
	count := 0
	for _, n := range m.Graph.Nodes {
		byName[n.Name] = n
		if n.OpType == "FakeQuantize" && n.Domain == openVINODomain {
			count++
		}
	}
	if count != len(f.c.Quantizers) {
		return fmt.Errorf("it has %d FakeQuantize nodes, not %d", count, len(f.c.Quantizers))
	}
	constants := map[string]*onnx.Tensor{}
	for i := range m.Graph.Initializers {
		constants[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	for i, q := range f.c.Quantizers {
		p, name := f.c.Params[i], f.c.Graph.Values[q.Value].Name
		n, ok := byName[name+"_FakeQuantize"]
		if !ok || len(n.Inputs) != 5 || len(n.Attrs) != 1 || n.Attrs[0].Name != "levels" {
			return fmt.Errorf("%q has no FakeQuantize", name)
		}
		var limit [4][]float32
		for k := range limit {
			t, ok := constants[n.Inputs[k+1]]
			if !ok {
				return fmt.Errorf("%q: %q is not there", n.Name, n.Inputs[k+1])
			}
			if limit[k], err = t.Floats(nil); err != nil {
				return err
			}
		}
		if !slices.Equal(limit[0], limit[2]) || !slices.Equal(limit[1], limit[3]) || len(limit[0]) != len(p.Scale) || len(limit[1]) != len(p.Scale) {
			return fmt.Errorf("%q: input and output ranges differ, or are not %d", n.Name, len(p.Scale))
		}
		for ch, s := range p.Scale {
			lo, hi := float64(limit[0][ch]), float64(limit[1][ch])
			if grid := (hi - lo) / float64(n.Attrs[0].I-1); math.Abs(grid/float64(s)-1) > 1e-6 {
				return fmt.Errorf("%q: the grid has steps of %g, not %g", n.Name, grid, s)
			}
			if z := math.Round(-lo / float64(s)); n.Attrs[0].I != 256 && int32(z) != p.ZeroPoint[ch]-p.QMin {
				return fmt.Errorf("%q: zero is code %g, not %d", n.Name, z, p.ZeroPoint[ch]-p.QMin)
			}
		}
	}
	return nil
}
