// Package evidence is what a receipt tells of a network so that whoever has the model can check it,
// without data: digests of the graph and of its tensors, which a re-saved file shares, the codes of its
// weights, and what every layer makes of inputs that come from a seed.
package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/merkle"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Network is a network without names.
type Network struct {
	Graph   merkle.Hash   // of operators, attributes, shapes and wiring
	Tensors []merkle.Hash // leaves, of the constants as the outputs' makers ask for them
	Names   []string      // of the tensors, in this file
	Places  []string      // of the tensors: how many numbers, and of which node
}

// Describe describes a network. The order of nodes and all names are left out of it, and what no output
// depends on: what a program that reads a file and writes it again may change.
func Describe(g *graph.Graph) (*Network, error) {
	d := &describer{g: g, values: make([]merkle.Hash, len(g.Values))}
	for i, v := range g.Inputs {
		d.values[v] = d.hash("input", fmt.Sprint(i, " ", g.Values[v].DType, g.Values[v].Shape, g.Batch))
	}
	for id, v := range g.Values {
		if v.Const != nil {
			d.values[id] = d.hash("tensor", fmt.Sprint(v.DType, v.Shape))
		}
	}
	for _, n := range g.Nodes {
		b, err := onnx.Alone(g, n)
		if err != nil {
			return nil, err
		}
		parts := []string{string(b)}
		for _, v := range n.Inputs {
			if v == graph.None {
				parts = append(parts, "")
			} else {
				parts = append(parts, string(d.values[v][:]))
			}
		}
		node := d.hash("node", parts...)
		for i, v := range n.Outputs {
			if v != graph.None {
				d.values[v] = d.hash("output", string(node[:]), fmt.Sprint(i, " ", g.Values[v].DType, g.Values[v].Shape))
			}
		}
	}
	out := &Network{}
	var outputs []string
	for _, v := range g.Outputs {
		outputs = append(outputs, string(d.values[v][:]))
	}
	out.Graph = d.hash("graph", outputs...)
	readers := map[graph.ValueID]string{}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		for _, v := range g.Nodes[i].Inputs {
			readers[v] = g.Nodes[i].Name
		}
	}
	for _, v := range d.constants() {
		out.Tensors = append(out.Tensors, tensor(g.Values[v].Const))
		out.Names = append(out.Names, g.Values[v].Name)
		out.Places = append(out.Places, fmt.Sprintf("%d numbers of %q", graph.Len(g.Values[v].Shape), readers[v]))
	}
	return out, nil
}

type describer struct {
	g      *graph.Graph
	values []merkle.Hash
}

// hash is of a list of texts, each with its length.
func (d *describer) hash(kind string, parts ...string) merkle.Hash {
	h := sha256.New()
	for _, p := range append([]string{kind}, parts...) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return merkle.Hash(h.Sum(nil))
}

// constants are those that the outputs depend on, in the order in which one meets them who goes from the
// outputs back, inputs first to last.
func (d *describer) constants() []graph.ValueID {
	producers := d.g.Producers()
	seen := make([]bool, len(d.g.Values))
	var found []graph.ValueID
	var stack []graph.ValueID
	push := func(ids []graph.ValueID) {
		for i := len(ids) - 1; i >= 0; i-- {
			if v := ids[i]; v != graph.None && !seen[v] {
				stack = append(stack, v)
			}
		}
	}
	push(d.g.Outputs)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		switch {
		case d.g.Values[v].Const != nil:
			found = append(found, v)
		case producers[v] >= 0:
			push(d.g.Nodes[producers[v]].Inputs)
		}
	}
	return found
}

// tensor is the leaf of a constant: type, shape, elements, and of integers that were dequantized on the
// way in what they stood for.
func tensor(t *graph.Tensor) merkle.Hash {
	h := newLeaf()
	fmt.Fprintf(h, "%v %v %d %d %d\n", t.DType, t.Shape, len(t.F), len(t.I), len(t.Codes))
	buffer := make([]byte, 0, 1<<16)
	flush := func(least int) {
		if len(buffer) >= least {
			h.Write(buffer)
			buffer = buffer[:0]
		}
	}
	for _, x := range t.F {
		buffer = binary.LittleEndian.AppendUint32(buffer, bits(x))
		flush(1<<16 - 8)
	}
	for _, x := range t.I {
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(x))
		flush(1<<16 - 8)
	}
	if t.F == nil { // else the floats say it all
		for _, c := range t.Codes {
			buffer = append(buffer, byte(c))
			flush(1<<16 - 8)
		}
	}
	flush(0)
	return h.digest()
}

// bits are those of x, of every NaN the same.
func bits(x float32) uint32 {
	if x != x {
		return 0x7fc00000
	}
	return math.Float32bits(x)
}
