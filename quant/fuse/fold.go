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
// the batch normalisation read stay behind as values that nothing reads.
func Fold(g *graph.Graph) (*graph.Graph, []Module) {
	modules := Find(g)
	f := folder{g: g.Clone(), consumers: g.Consumers(), names: make(map[string]bool, len(g.Values))}
	for _, v := range g.Values {
		f.names[v.Name] = true
	}
	gone := make([]bool, len(g.Nodes))
	for i, m := range modules {
		kept, removed := f.fold(m)
		modules[i].Nodes = kept
		for _, n := range removed {
			gone[n] = true
		}
	}
	at, kept := make([]int, len(g.Nodes)), f.g.Nodes[:0:0]
	for n, node := range f.g.Nodes {
		at[n] = len(kept)
		if !gone[n] {
			kept = append(kept, node)
		}
	}
	f.g.Nodes = kept
	for _, m := range modules {
		for i, n := range m.Nodes {
			m.Nodes[i] = at[n]
		}
	}
	return f.g, modules
}

type folder struct {
	g         *graph.Graph
	consumers [][]int
	names     map[string]bool // of values; only asked, never listed
}

// affine is y = x·scale + shift for each output channel, applied as (x − center)·scale + shift so
// that a batch normalisation's bias is computed in the order MQBench does.
type affine struct{ scale, center, shift []float32 }

// fold merges one module's normalisation and tells which of its nodes stay and which go.
func (f *folder) fold(m Module) (kept, removed []int) {
	anchor, norm := m.Nodes[0], -1
	var a affine
	for i, n := range m.Nodes[1:] {
		switch op := f.g.Nodes[n].Op.(type) {
		case graph.BatchNormalization:
			norm, a, removed = n, f.batchNorm(f.g.Nodes[n], op), []int{n}
		case graph.Mul:
			add := m.Nodes[i+2]
			norm, a, removed = add, f.frozen(f.g.Nodes[n], f.g.Nodes[add]), []int{n, add}
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
	out := f.g.Nodes[norm].Outputs[0]
	switch op := f.g.Nodes[anchor].Op.(type) {
	case graph.Conv:
		f.scaleWeight(anchor, a, 0, 1)
		f.setBias(anchor, a, 1)
	case graph.ConvTranspose:
		f.scaleWeight(anchor, a, 1, op.Group)
		f.setBias(anchor, a, 1)
	case graph.Gemm:
		axis := 1
		if op.TransB {
			axis = 0
		}
		f.scaleWeight(anchor, a, axis, 1)
		f.setBias(anchor, a, op.Beta)
		op.Beta = 1
		f.g.Nodes[anchor].Op = op
	case graph.MatMul:
		f.scaleWeight(anchor, a, 1, 1)
		return f.foldMatMul(m, norm, a)
	}
	f.g.Nodes[anchor].Outputs = []graph.ValueID{out}
	return kept, removed
}

// foldMatMul puts the bias into the Add of the linear layer, or makes one of the normalisation.
func (f *folder) foldMatMul(m Module, norm int, a affine) (kept, removed []int) {
	matMul, add := m.Nodes[0], m.Nodes[1]
	if add != norm {
		node := &f.g.Nodes[add]
		i := 0
		if f.g.Values[node.Inputs[0]].Const == nil {
			i = 1
		}
		node.Inputs[i] = f.constant(node.Inputs[i], a.bias(f.g.Values[node.Inputs[i]].Const.F, 1))
		node.Outputs = f.g.Nodes[norm].Outputs
		return []int{matMul, add}, []int{norm}
	}
	bias := f.newConstant(f.biasName(matMul), a.bias(nil, 1))
	f.g.Nodes[norm] = graph.Node{
		Name: f.g.Nodes[norm].Name, Op: graph.Add{},
		Inputs: []graph.ValueID{f.g.Nodes[matMul].Outputs[0], bias}, Outputs: f.g.Nodes[norm].Outputs,
	}
	return []int{matMul, norm}, nil
}

func (f *folder) batchNorm(node graph.Node, op graph.BatchNormalization) affine {
	in := func(i int) []float32 { return f.g.Values[node.Inputs[i]].Const.F }
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
		if v := f.g.Values[n.Inputs[0]]; v.Const != nil {
			return v.Const.F
		}
		return f.g.Values[n.Inputs[1]].Const.F
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
func (f *folder) scaleWeight(anchor int, a affine, axis, groups int) {
	node := &f.g.Nodes[anchor]
	w := f.g.Values[node.Inputs[1]].Const
	scaled := slices.Clone(w.F)
	rows, channels, inner := 1, w.Shape[axis], graph.Len(w.Shape[axis+1:])
	if axis == 1 {
		rows = w.Shape[0]
	}
	for r := range rows {
		first := r / (rows / groups) * channels // of the group, where there are groups
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
	node := &f.g.Nodes[anchor]
	if b := f.input(anchor, 2); b != nil {
		node.Inputs[2] = f.reshaped(node.Inputs[2], a.bias(b.Const.F, beta))
		return
	}
	node.Inputs = append(slices.Clone(node.Inputs[:2]), f.newConstant(f.biasName(anchor), a.bias(nil, beta)))
}

// input is input i of node n, nil where absent.
func (f *folder) input(n, i int) *graph.Value {
	node := f.g.Nodes[n]
	if i >= len(node.Inputs) || node.Inputs[i] == graph.None {
		return nil
	}
	return &f.g.Values[node.Inputs[i]]
}

// constant gives value v other numbers: in place where one node reads it, else as a new value.
func (f *folder) constant(v graph.ValueID, data []float32) graph.ValueID {
	value := f.g.Values[v]
	t := &graph.Tensor{DType: graph.Float32, Shape: value.Shape, F: data}
	if len(f.consumers[v]) == 1 && !slices.Contains(f.g.Outputs, v) {
		f.g.Values[v].Const = t
		return v
	}
	id := f.newConstant(value.Name+"_folded", data)
	f.g.Values[id].Shape, f.g.Values[id].Const = value.Shape, t
	return id
}

// reshaped is constant where the shape may change too, to [len(data)].
func (f *folder) reshaped(v graph.ValueID, data []float32) graph.ValueID {
	if len(f.g.Values[v].Const.F) == len(data) {
		return f.constant(v, data)
	}
	return f.newConstant(f.g.Values[v].Name+"_folded", data)
}

func (f *folder) newConstant(name string, data []float32) graph.ValueID {
	for f.names[name] {
		name += "_"
	}
	f.names[name] = true
	shape := []int{len(data)}
	f.g.Values = append(f.g.Values, graph.Value{
		Name: name, DType: graph.Float32, Shape: shape,
		Const: &graph.Tensor{DType: graph.Float32, Shape: shape, F: data},
	})
	return graph.ValueID(len(f.g.Values) - 1)
}

// biasName names a bias that was not there, after the weight: "conv1.weight" gives "conv1.bias".
func (f *folder) biasName(anchor int) string {
	weight := f.g.Values[f.g.Nodes[anchor].Inputs[1]].Name
	return strings.TrimSuffix(weight, ".weight") + ".bias"
}
