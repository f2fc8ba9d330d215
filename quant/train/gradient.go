// Package train makes a network trainable: differentiation in reverse as a transformation from graph to graph,
// with one row per operator (table.go), losses, optimizers, and the fake-quantizers of spec §2 with their own
// gradients. What goes in is a graph with its quantizers in place, what comes out is a graph whose one run is a
// step: forward, backward and update, on the kernels of package exec. Nothing is recorded while it runs.
package train

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// Gradients appends to b what computes the gradient of value loss, the sum of its elements, with respect to
// each value of wrt, which has that value's shape; None where loss does not depend on it. The error names the
// node whose operator has no gradient. Gradients of a value that several nodes read are added from the last
// reader to the first. blocks are the values whose gradient is not that of the nodes that make them.
func Gradients(b *graph.Builder, loss graph.ValueID, wrt []graph.ValueID, blocks Blocks) ([]graph.ValueID, error) {
	d := &differ{emit: emit{Builder: b, at: "loss"}, blocks: blocks, wrt: wrt, needed: map[graph.ValueID]bool{}, grads: map[graph.ValueID]graph.ValueID{}}
	for _, v := range wrt {
		d.needed[v] = true
	}
	nodes := b.Graph.Nodes
	for _, n := range nodes {
		for _, v := range n.Inputs {
			if d.needed[v] {
				for _, o := range n.Outputs {
					d.needed[o] = true
				}
			}
		}
	}
	delete(d.needed, graph.None)
	if d.needed[loss] {
		d.grads[loss] = d.fill(1, b.Graph.Values[loss].Shape)
	}
	rules := table()
	for i := len(nodes) - 1; i >= 0; i-- {
		if err := d.node(rules, nodes[i]); err != nil {
			return nil, err
		}
	}
	list := make([]graph.ValueID, len(wrt))
	for i, v := range wrt {
		list[i] = graph.None
		if g, ok := d.grads[v]; ok {
			list[i] = g
		}
	}
	_, err := b.Done()
	return list, err
}

// Block is a value that several nodes make of Inputs and that has a gradient of its own: rounding lets it
// through, a loss has a shorter one.
type Block struct {
	Inputs []graph.ValueID
	grad   rule // of Inputs
}

// Blocks are the blocks of a graph, by their values.
type Blocks map[graph.ValueID]Block

// differ goes backwards over nodes.
type differ struct {
	emit
	blocks Blocks
	wrt    []graph.ValueID
	needed map[graph.ValueID]bool // values whose gradient is asked for or on the way to one
	grads  map[graph.ValueID]graph.ValueID
}

func (d *differ) node(rules map[string]rule, n graph.Node) error {
	dy := make([]graph.ValueID, len(n.Outputs))
	reached, wanted := false, false
	for i, v := range n.Outputs {
		g, ok := d.grads[v]
		if dy[i] = graph.None; ok && v != graph.None {
			dy[i], reached = g, true
		}
	}
	r, ok := rules[n.Op.Type()]
	if block, is := d.blocks[n.Outputs[0]]; is {
		n.Inputs, n.Outputs = block.Inputs, n.Outputs[:1]
		r, ok = block.grad, true
	}
	for _, v := range n.Inputs {
		wanted = wanted || d.needed[v]
	}
	if !reached || !wanted {
		return nil
	}
	if !ok {
		return fmt.Errorf("quant/train: no gradient for operator %s of node %q; freeze what lies before it, or replace it", n.Op.Type(), n.Name)
	}
	d.at = n.Name
	grads, err := r(&local{emit: d.emit, n: n, dy: dy, needed: d.needed, wrt: d.wrt})
	if err != nil {
		return fmt.Errorf("quant/train: no gradient for node %q (%s): %w", n.Name, n.Op.Type(), err)
	}
	if _, err := d.Done(); err != nil {
		return err
	}
	for i, v := range n.Inputs[:min(len(n.Inputs), len(grads))] {
		g := grads[i]
		if g == graph.None || !d.needed[v] {
			continue
		}
		if sum, ok := d.grads[v]; ok {
			g = d.add(sum, g)
		}
		d.grads[v] = g
	}
	return nil
}

// rule gives the gradients of a node's inputs, first to last, None where it is not asked for:
// the product of the vector dy with the Jacobian.
type rule func(l *local) ([]graph.ValueID, error)

// local is what a rule sees: a node and the gradients of its outputs.
type local struct {
	emit
	n      graph.Node
	dy     []graph.ValueID // None for an output that the loss does not depend on
	needed map[graph.ValueID]bool
	wrt    []graph.ValueID // whose gradients are asked for, and must stay what they are
}

// g is the gradient of the only output.
func (l *local) g() graph.ValueID { return l.dy[0] }

// in and out are values of the node.
func (l *local) in(i int) graph.ValueID { return l.n.Inputs[i] }
func (l *local) out() graph.ValueID     { return l.n.Outputs[0] }

// want tells whether the gradient of input i is asked for.
func (l *local) want(i int) bool {
	return i < len(l.n.Inputs) && l.n.Inputs[i] != graph.None && l.needed[l.n.Inputs[i]]
}

// each collects the gradients that are wanted, one function an input.
func (l *local) each(of ...func() graph.ValueID) ([]graph.ValueID, error) {
	list := make([]graph.ValueID, len(of))
	for i, f := range of {
		if list[i] = graph.None; l.want(i) {
			list[i] = f()
		}
	}
	return list, nil
}
