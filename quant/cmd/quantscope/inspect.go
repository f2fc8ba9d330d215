package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
)

// inspection is what inspect prints.
type inspection struct {
	Name    string    `json:"name"`
	SHA256  string    `json:"sha256"`
	Bytes   int64     `json:"bytes"`
	Params  int       `json:"params"` // numbers in float constants
	Inputs  []port    `json:"inputs"`
	Outputs []port    `json:"outputs"`
	Ops     []opCount `json:"ops"` // the most frequent first
	Modules []module  `json:"modules"`
	Nodes   []node    `json:"nodes"` // in the order in which they run
	Notes   []string  `json:"notes"`
}

type port struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"`
	Batch bool   `json:"batch"` // the first dimension, 1 in Shape, is free
}

type opCount struct {
	Op    string `json:"op"`
	Count int    `json:"count"`
}

// module is what quantization sees as one layer.
type module struct {
	Name string `json:"name"` // of the convolution or linear layer
	Path string `json:"path"` // in PyTorch, as far as the file tells
	Kind string `json:"kind"`
	QAT  string `json:"qat"` // what MQBench puts in its place for quantization-aware training; empty for nothing
}

type node struct {
	Name   string `json:"name"`
	Op     string `json:"op"`
	Shape  []int  `json:"shape"`  // of the first output
	Params int    `json:"params"` // numbers in its float constants
}

func inspect(_ context.Context, c console, args []string) error {
	f := newFlags("inspect", "MODEL.onnx", "Tells a network's inputs, outputs, operators and nodes, as they are run: constants folded,\n"+
		"shapes inferred, Sigmoid·x and the like recognised; and its modules with what MQBench replaces them by\n"+
		"for quantization-aware training.")
	rest, err := f.parse(c.out, args, 1, 1)
	if err != nil {
		return err
	}
	m, err := openModel(rest[0])
	if err != nil {
		return err
	}
	i := describe(m)
	if *f.json {
		return printJSON(c.out, i)
	}
	return i.print(c)
}

func describe(m *quant.Model) inspection {
	g := m.Graph
	i := inspection{Name: m.Name, SHA256: m.SHA256, Bytes: m.Bytes, Inputs: ports(g, g.Inputs), Outputs: ports(g, g.Outputs),
		Ops: []opCount{}, Modules: []module{}, Nodes: make([]node, len(g.Nodes)), Notes: append([]string{}, g.Notes...)}
	for _, v := range g.Values {
		if v.Const != nil {
			i.Params += len(v.Const.F)
		}
	}
	for k, n := range g.Nodes {
		i.Nodes[k] = node{Name: n.Name, Op: n.Op.Type(), Shape: []int{}}
		if first := slices.IndexFunc(n.Outputs, func(v graph.ValueID) bool { return v != graph.None }); first >= 0 {
			i.Nodes[k].Shape = g.Values[n.Outputs[first]].Shape
		}
		for _, v := range n.Inputs {
			if v != graph.None && g.Values[v].Const != nil {
				i.Nodes[k].Params += len(g.Values[v].Const.F)
			}
		}
		at := slices.IndexFunc(i.Ops, func(o opCount) bool { return o.Op == n.Op.Type() })
		if at < 0 {
			at = len(i.Ops)
			i.Ops = append(i.Ops, opCount{Op: n.Op.Type()})
		}
		i.Ops[at].Count++
	}
	for _, m := range fuse.Find(g, false) {
		i.Modules = append(i.Modules, module{Name: m.Name, Path: m.Path, Kind: m.Kind, QAT: fuse.QAT(m.Kind)})
	}
	slices.SortStableFunc(i.Ops, func(a, b opCount) int { return cmp.Compare(b.Count, a.Count) })
	return i
}

func ports(g *graph.Graph, ids []graph.ValueID) []port {
	list := []port{}
	for _, id := range ids {
		v := g.Values[id]
		list = append(list, port{Name: v.Name, Type: v.DType.String(), Shape: v.Shape, Batch: g.Batch && len(v.Shape) > 0 && v.Shape[0] == 1})
	}
	return list
}

func (p port) String() string {
	shape := dims(p.Shape)
	if p.Batch {
		shape = "[N" + strings.TrimPrefix(shape, "[1")
	}
	return fmt.Sprintf("%s %s %s", p.Name, p.Type, shape)
}

func (i inspection) print(c console) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "%s\t%s, %d parameters\n", i.Name, size(i.Bytes), i.Params)
	show(w, "SHA-256\t%s\n", i.SHA256)
	for _, p := range i.Inputs {
		show(w, "input\t%s\n", p)
	}
	for _, p := range i.Outputs {
		show(w, "output\t%s\n", p)
	}
	var ops []string
	for _, o := range i.Ops {
		ops = append(ops, fmt.Sprintf("%s ×%d", o.Op, o.Count))
	}
	show(w, "operators\t%s\n", strings.Join(ops, ", "))
	for _, n := range i.Notes {
		show(w, "note\t%s\n", n)
	}
	if len(i.Modules) > 0 {
		fmt.Fprintln(w)
		fmt.Fprintln(w, "module\tkind\tfor training")
	}
	for _, m := range i.Modules {
		qat := m.QAT
		if qat == "" {
			qat = "-"
		}
		show(w, "%s\t%s\t%s\n", m.Path, m.Kind, qat)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "node\toperator\toutput\tparameters")
	for _, n := range i.Nodes {
		show(w, "%s\t%s\t%s\t%d\n", n.Name, n.Op, dims(n.Shape), n.Params)
	}
	return w.Flush()
}
