package fuse

import (
	"math"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// Fold merges every batch normalisation of a module into its weights, as MQBench does for
// deployment (spec §3.3), in float32: W' = W·f and b' = (b − mean)·f + beta with
// f = gamma/√(var + epsilon), along the weight's axis of output channels (axis 1 of a transposed
// convolution, across its groups). It gives a new graph and the modules in it; constants that only
// the batch normalisation read stay behind as values that nothing reads. exact is Find's.
func Fold(g *graph.Graph, exact bool) (*graph.Graph, []Module) {
	modules := Find(g, exact)
	f := folder{graph.Edit(g), g.Consumers()}
	gone := make([]bool, len(g.Nodes))
	for i, m := range modules {
		kept, removed := f.fold(m)
		modules[i].Nodes = kept
		for _, n := range removed {
			gone[n] = true
		}
	}
	at, kept := make([]int, len(g.Nodes)), f.Graph.Nodes[:0:0]
	for n, node := range f.Graph.Nodes {
		at[n] = len(kept)
		if !gone[n] {
			kept = append(kept, node)
		}
	}
	f.Graph.Nodes = kept
	for _, m := range modules {
		for i, n := range m.Nodes {
			m.Nodes[i] = at[n]
		}
	}
	return f.Graph, modules
}

type folder struct {
	*graph.Builder
	consumers [][]int
}

// affine is y = x·scale + shift for each output channel, applied as (x − center)·scale + shift so
// that a batch normalisation's bias is computed in the order MQBench does.
type affine struct{ scale, center, shift []float32 }

// fold merges one module's normalisation and tells which of its nodes stay and which go.
func (f *folder) fold(m Module) (kept, removed []int) {
	anchor, norm := m.Nodes[0], -1
	var a affine
	for i, n := range m.Nodes[1:] {
		switch op := f.Graph.Nodes[n].Op.(type) {
		case graph.BatchNormalization:
			norm, a, removed = n, f.batchNorm(f.Graph.Nodes[n], op), []int{n}
		case graph.Mul:
			add := m.Nodes[i+2]
			norm, a, removed = add, f.frozen(f.Graph.Nodes[n], f.Graph.Nodes[add]), []int{n, add}
		}
	}
	if norm < 0 {
		return m.Nodes, nil
	}
	for _, n := range m.Nodes {
		if !slices.Contains(removed, n) {
			kept = append(kept, n)
		}
	}
	out := f.Graph.Nodes[norm].Outputs[0]
	f.scaleWeight(anchor, a)
	switch op := f.Graph.Nodes[anchor].Op.(type) {
	case graph.Conv, graph.ConvTranspose:
		f.setBias(anchor, a, 1)
	case graph.Gemm:
		f.setBias(anchor, a, op.Beta)
		op.Beta = 1
		f.Graph.Nodes[anchor].Op = op
	case graph.MatMul:
		return f.foldMatMul(m, norm, a)
	}
	before := anchor // the node that makes the normalisation's output now
	for _, n := range kept {
		if n < removed[0] {
			before = n
		}
	}
	f.Graph.Nodes[before].Outputs = []graph.ValueID{out}
	return kept, removed
}

// foldMatMul puts the bias into the Add of the linear layer, or makes one of the normalisation.
func (f *folder) foldMatMul(m Module, norm int, a affine) (kept, removed []int) {
	matMul, add := m.Nodes[0], m.Nodes[1]
	if add != norm {
		node := &f.Graph.Nodes[add]
		i := 0
		if f.Graph.Values[node.Inputs[0]].Const == nil {
			i = 1
		}
		node.Inputs[i] = f.constant(node.Inputs[i], a.bias(f.Graph.Values[node.Inputs[i]].Const.F, 1))
		node.Outputs = f.Graph.Nodes[norm].Outputs
		return []int{matMul, add}, []int{norm}
	}
	bias := f.row(f.biasName(matMul), a.bias(nil, 1))
	f.Graph.Nodes[norm] = graph.Node{
		Name: f.Graph.Nodes[norm].Name, Op: graph.Add{},
		Inputs: []graph.ValueID{f.Graph.Nodes[matMul].Outputs[0], bias}, Outputs: f.Graph.Nodes[norm].Outputs,
	}
	return []int{matMul, norm}, nil
}

func (f *folder) batchNorm(node graph.Node, op graph.BatchNormalization) affine {
	in := func(i int) []float32 { return f.Graph.Values[node.Inputs[i]].Const.F }
	gamma, beta, mean, variance := in(1), in(2), in(3), in(4)
	a := affine{make([]float32, len(gamma)), mean, beta}
	for c := range gamma {
		sd := float32(math.Sqrt(float64(variance[c] + op.Epsilon)))
		a.scale[c] = gamma[c] / sd
	}
	return a
}

func (f *folder) frozen(mul, add graph.Node) affine {
	constant := func(n graph.Node) []float32 {
		if v := f.Graph.Values[n.Inputs[0]]; v.Const != nil {
			return v.Const.F
		}
		return f.Graph.Values[n.Inputs[1]].Const.F
	}
	scale := constant(mul)
	return affine{scale, make([]float32, len(scale)), constant(add)}
}

// bias is b' = (beta·b − center)·scale + shift, b nil for none and of one element for all channels.
func (a affine) bias(b []float32, beta float32) []float32 {
	out := make([]float32, len(a.scale))
	for c := range out {
		x := float32(0)
		if len(b) > 0 {
			x = b[min(c, len(b)-1)] * beta
		}
		out[c] = float32((x-a.center[c])*a.scale[c]) + a.shift[c]
	}
	return out
}

// scaleWeight multiplies input 1 of the anchor by the scale of its output channel. Along axis lie the
// channels of one group; of more than one, the groups follow each other along axis 0.
func (f *folder) scaleWeight(anchor int, a affine) {
	node := &f.Graph.Nodes[anchor]
	axis, groups := node.Op.(graph.Weighted).OutputChannels()
	w := f.Graph.Values[node.Inputs[1]].Const
	scaled := slices.Clone(w.F)
	rows, channels, inner := graph.Len(w.Shape[:axis]), w.Shape[axis], graph.Len(w.Shape[axis+1:])
	for r := range rows {
		first := r * groups / rows * channels // of the group
		for c := range channels {
			s := a.scale[first+c]
			for i := range inner {
				scaled[(r*channels+c)*inner+i] *= s
			}
		}
	}
	node.Inputs[1] = f.constant(node.Inputs[1], scaled)
}

func (f *folder) setBias(anchor int, a affine, beta float32) {
	node := &f.Graph.Nodes[anchor]
	if b := f.input(anchor, 2); b != nil {
		node.Inputs[2] = f.reshaped(node.Inputs[2], a.bias(b.Const.F, beta))
		return
	}
	node.Inputs = append(slices.Clone(node.Inputs[:2]), f.row(f.biasName(anchor), a.bias(nil, beta)))
}

// input is input i of node n, nil where absent.
func (f *folder) input(n, i int) *graph.Value {
	node := f.Graph.Nodes[n]
	if i >= len(node.Inputs) || node.Inputs[i] == graph.None {
		return nil
	}
	return &f.Graph.Values[node.Inputs[i]]
}

// constant gives value v other numbers: in place where one node reads it, else as a new value.
func (f *folder) constant(v graph.ValueID, data []float32) graph.ValueID {
	value := f.Graph.Values[v]
	t := &graph.Tensor{DType: graph.Float32, Shape: value.Shape, F: data}
	if len(f.consumers[v]) == 1 && !slices.Contains(f.Graph.Outputs, v) {
		f.Graph.Values[v].Const = t
		return v
	}
	return f.Const(value.Name+"_folded", t)
}

// reshaped is constant where the shape may change too, to [len(data)].
func (f *folder) reshaped(v graph.ValueID, data []float32) graph.ValueID {
	if len(f.Graph.Values[v].Const.F) == len(data) {
		return f.constant(v, data)
	}
	return f.row(f.Graph.Values[v].Name+"_folded", data)
}

// row adds a constant of shape [len(data)].
func (f *folder) row(name string, data []float32) graph.ValueID {
	return f.Const(name, &graph.Tensor{DType: graph.Float32, Shape: []int{len(data)}, F: data})
}

// biasName names a bias that was not there, after the weight: "conv1.weight" gives "conv1.bias".
func (f *folder) biasName(anchor int) string {
	weight := f.Graph.Values[f.Graph.Nodes[anchor].Inputs[1]].Name
	return strings.TrimSuffix(weight, ".weight") + ".bias"
}
