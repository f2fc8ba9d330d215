package tflite

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// mostDepth bounds how deep an IF may stand in others.
const mostDepth = 8

// branches is IF: a condition, then the inputs that both subgraphs have. An ONNX branch sees the values around it.
func branches(n *node) {
	condition := n.plain(0)
	var inputs []string
	for k := 1; k < len(n.inputs); k++ {
		inputs = append(inputs, n.plain(k))
	}
	if n.err != nil {
		return
	}
	attrs := []onnx.Attr{
		{Name: "then_branch", Type: onnx.AttrGraph, G: n.branch(n.options.int(0, 0), inputs)},
		{Name: "else_branch", Type: onnx.AttrGraph, G: n.branch(n.options.int(1, 0), inputs)},
	}
	if n.err != nil {
		return
	}
	outputs := make([]string, len(n.outputs))
	for k := range outputs {
		outputs[k] = n.names.Fresh(n.name + "_If")
	}
	n.translator.node("If", n.name, []string{condition}, outputs, attrs...)
	for k, name := range outputs {
		n.set(k, name, false)
	}
}

// branch is a subgraph whose inputs are values around it.
func (n *node) branch(index int, inputs []string) *onnx.Graph {
	all := *n.file.all
	switch {
	case n.err != nil:
		return nil
	case index < 1 || index >= len(all):
		n.fail(fmt.Errorf("it names subgraph %d of %d", index, len(all)))
	case n.depth == mostDepth:
		n.fail(errors.New("it stands too deep in others"))
	case len(all[index].inputs) != len(inputs) || len(all[index].outputs) != len(n.outputs):
		n.fail(fmt.Errorf("subgraph %d has %d inputs and %d outputs, want %d and %d",
			index, len(all[index].inputs), len(all[index].outputs), len(inputs), len(n.outputs)))
	}
	if n.err != nil {
		return nil
	}
	t := newTranslator(all[index], n.names, n.nodes, n.shared)
	t.depth = n.depth + 1
	for k, i := range all[index].inputs {
		t.values[i].plain = inputs[k]
	}
	for _, i := range all[index].outputs {
		// An If gives floats; its own results have the codes.
		if t.file.tensors[i].quantized() {
			n.fail(fmt.Errorf("subgraph %d has an output of codes, which is not supported", index))
			return nil
		}
	}
	if err := t.run(); err != nil {
		n.fail(err)
	}
	return t.out
}
