// Package look prepares what a person looks at of a network, its data and the layers of a result; package
// inspect says how it is described. What goes in are the stages' own values, what comes out are small
// documents, the same for the page and the command. Nothing here reaches a digest.
package look

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
)

// Network describes a model as it runs: constants folded, shapes inferred.
func Network(m *quant.Model) inspect.Network {
	g := m.Graph
	out := inspect.Network{
		Name: m.Name, SHA256: m.SHA256, Bytes: m.Bytes, Inputs: ports(g, g.Inputs), Outputs: ports(g, g.Outputs),
		Ops: []inspect.OpCount{}, Nodes: make([]inspect.Node, len(g.Nodes)), Notes: slices.Concat([]string{}, g.Notes),
	}
	counted := make([]bool, len(g.Values))
	made := g.Producers()
	for i, n := range g.Nodes {
		node := inspect.Node{Name: n.Name, Op: n.Op.Type(), Shape: []int{}}
		if first := slices.IndexFunc(n.Outputs, func(v graph.ValueID) bool { return v != graph.None }); first >= 0 {
			node.Shape = g.Values[n.Outputs[first]].Shape
		}
		for _, v := range n.Inputs {
			if v != graph.None && made[v] >= 0 && !slices.Contains(node.From, made[v]) {
				node.From = append(node.From, made[v])
			}
			if v == graph.None || counted[v] || g.Values[v].Const == nil || g.Values[v].DType != graph.Float32 {
				continue
			}
			counted[v] = true
			node.Params += int64(graph.Len(g.Values[v].Shape))
		}
		out.Params += node.Params
		out.Nodes[i] = node
		at := slices.IndexFunc(out.Ops, func(o inspect.OpCount) bool { return o.Op == node.Op })
		if at < 0 {
			at = len(out.Ops)
			out.Ops = append(out.Ops, inspect.OpCount{Op: node.Op})
		}
		out.Ops[at].Count++
	}
	if note := onTwins(g); note != "" {
		out.Notes = append(out.Notes, note)
	}
	slices.SortStableFunc(out.Ops, func(a, b inspect.OpCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// fewTwins is how many nodes on scalar twins are named.
const fewTwins = 4

// onTwins says which nodes run on their scalar twins; "" if none does. A network that cannot run is told so elsewhere.
func onTwins(g *graph.Graph) string {
	names, err := exec.Twins(context.Background(), g)
	if err != nil || len(names) == 0 {
		return ""
	}
	more := ""
	if n := len(names) - fewTwins; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	what := phrase.Plural(len(names), "node without a", "nodes without a")
	return fmt.Sprintf("On scalar twins, which take longer, run %s kernel: %.400s%s.", what, strings.Join(names[:min(len(names), fewTwins)], ", "), more)
}

func ports(g *graph.Graph, ids []graph.ValueID) []inspect.Port {
	list := []inspect.Port{}
	for _, id := range ids {
		v := g.Values[id]
		list = append(list, inspect.Port{Name: v.Name, Type: v.DType.String(), Shape: v.Shape, Batch: g.Batch && len(v.Shape) > 0 && v.Shape[0] == 1})
	}
	return list
}

// maxClasses bounds the classes that are listed.
const maxClasses = 24

// Data describes a dataset.
func Data(d *dataset.Dataset) inspect.Data {
	out := inspect.Data{Items: d.Len(), Source: string(d.Source), Notes: d.Notes}
	counts := map[int]int{} // class → index in out.Classes
	for i := range d.Len() {
		class := d.Label(i)
		if class < 0 {
			continue
		}
		out.Labelled++
		at, known := counts[class]
		if !known {
			at = len(counts)
			counts[class] = at
			if at < maxClasses {
				out.Classes = append(out.Classes, inspect.Class{Index: class, Name: d.Classes.Name(class)})
			}
		}
		if at < maxClasses {
			out.Classes[at].Count++
		}
	}
	out.Distinct = len(counts)
	return out
}
