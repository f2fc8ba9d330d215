//go:build js

package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// open reads a model. The first part is the .onnx file, the rest hold external data.
func (s *session) open(job int, b protocol.OpenBody, parts []js.Value) error {
	if len(parts) == 0 || len(parts) != len(b.Names) {
		return fmt.Errorf("%d files under %d names", len(parts), len(b.Names))
	}
	post(protocol.Progress, job, protocol.Step{Stage: protocol.StageImport})
	// The model before goes first: two at a time may be more than a tab has memory for.
	s.forget()
	s.model, s.last = nil, nil
	if err := readable(parts); err != nil {
		return err
	}
	bytes, err := read(parts[0])
	if err != nil {
		return err
	}
	m, err := quant.Import(path.Base(b.Names[0]), bytes, external(b.Names[1:], parts[1:]))
	if err != nil {
		return err
	}
	workers, memory, err := afford(m, s.pool.Hands())
	if err != nil {
		return err
	}
	s.model, s.workers = m, workers
	out := summary(m)
	out.Memory = memory
	if workers < s.pool.Hands() {
		out.Notes = append(slices.Clone(out.Notes), fmt.Sprintf("Memory is enough for %d of %d threads.", workers, s.pool.Hands()))
	}
	post(protocol.Opened, job, out)
	return nil
}

// external finds the file that a tensor's data lies in: by its path, or by its name alone, since a
// drop may have lost the folders.
func external(names []string, parts []js.Value) func(location string) ([]byte, error) {
	return func(location string) ([]byte, error) {
		fits := func(same func(name string) bool) int { return slices.IndexFunc(names, same) }
		i := fits(func(n string) bool { return n == location || strings.HasSuffix(n, "/"+location) })
		if i < 0 {
			i = fits(func(n string) bool { return path.Base(n) == path.Base(location) })
		}
		if i < 0 {
			return nil, fmt.Errorf("the model keeps data in the file %q, which is not here: drop it together with the model", location)
		}
		return read(parts[i])
	}
}

// summary is what the page shows of a model.
func summary(m *quant.Model) protocol.Model {
	g := m.Graph
	out := protocol.Model{Name: m.Name, SHA256: m.SHA256, Bytes: m.Bytes, Notes: g.Notes}
	port := func(v graph.ValueID) protocol.Port {
		return protocol.Port{Name: g.Values[v].Name, Shape: g.Values[v].Shape, Batch: g.Batch && len(g.Values[v].Shape) > 0}
	}
	for _, v := range g.Inputs {
		out.Inputs = append(out.Inputs, port(v))
	}
	for _, v := range g.Outputs {
		out.Outputs = append(out.Outputs, port(v))
	}
	counted := make([]bool, len(g.Values))
	ops := map[string]int{} // operator → index in out.Ops
	for _, n := range g.Nodes {
		node := protocol.Node{Name: n.Name, Op: n.Op.Type()}
		if len(n.Outputs) > 0 && n.Outputs[0] != graph.None {
			node.Shape = g.Values[n.Outputs[0]].Shape
		}
		for _, v := range n.Inputs {
			if v == graph.None || counted[v] || g.Values[v].Const == nil || g.Values[v].DType != graph.Float32 {
				continue
			}
			counted[v] = true
			node.Params += int64(graph.Len(g.Values[v].Shape))
		}
		out.Params += node.Params
		out.Nodes = append(out.Nodes, node)
		i, known := ops[node.Op]
		if !known {
			i = len(out.Ops)
			ops[node.Op] = i
			out.Ops = append(out.Ops, protocol.OpCount{Op: node.Op})
		}
		out.Ops[i].Count++
	}
	slices.SortStableFunc(out.Ops, func(a, b protocol.OpCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}
