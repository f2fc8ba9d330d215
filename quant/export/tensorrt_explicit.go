package export

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// writeTensorRTExplicit gives onnx_quantized_model.onnx, what MQBench's deploy_to_qlinear makes and
// TensorRT calls explicit quantization: ONNX of opset 13 with QuantizeLinear and DequantizeLinear
// behind weights and activations. Weights stay float, clipped to their range, and biases are not
// quantized: TensorRT does both. Zero points must be 0.
func writeTensorRTExplicit(c *calibrate.Calibrated, _ string) ([]File, []string, error) {
	if err := firstOf(plain(c), symmetric(c), eightBits(c)); err != nil {
		return nil, nil, err
	}
	g := explicit(c)
	f, notes, err := modelFile("onnx_quantized_model.onnx", c, g, opset8)
	if err != nil {
		return nil, nil, err
	}
	if err := rereadExplicit(f.Bytes, c); err != nil {
		return nil, nil, fmt.Errorf("the file does not read back as the network it was made of: %w", err)
	}
	return []File{f}, notes, nil
}

// eightBits tells whether all codes are of 8 bits.
func eightBits(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		if p := c.Params[i]; p.QMax-p.QMin < 254 || p.QMax-p.QMin > 255 {
			return refuse("%s has codes of %d to %d, where the format takes 8 bits", q.Name, p.QMin, p.QMax)
		}
	}
	return nil
}

// explicit is c's graph with the nodes of every quantizer.
func explicit(c *calibrate.Calibrated) *graph.Graph {
	in := &inserter{
		c: c, g: c.Graph.Clone(), of: quantizerOf(c), params: c.Params,
		reads: make([]graph.ValueID, len(c.Graph.Values)), names: map[string]bool{},
	}
	in.g.Notes = nil
	for v := range in.reads {
		in.reads[v] = graph.ValueID(v)
		in.names[c.Graph.Values[v].Name] = true
	}
	for _, n := range c.Graph.Nodes {
		in.names[n.Name] = true
	}
	for _, v := range c.Graph.Inputs {
		in.activation(v)
	}
	for _, n := range c.Graph.Nodes {
		n.Inputs = slices.Clone(n.Inputs)
		for i, v := range n.Inputs {
			if v == graph.None {
				continue
			}
			if value := c.Graph.Values[v]; value.Const != nil && in.of[v] >= 0 && in.reads[v] == v {
				in.g.Values[v].Const = clipped(value.Const, in.params[in.of[v]])
				in.activation(v)
			}
			n.Inputs[i] = in.reads[v]
		}
		in.nodes = append(in.nodes, n)
		for _, v := range n.Outputs {
			if v != graph.None {
				in.activation(v)
			}
		}
	}
	in.g.Nodes = in.nodes
	return in.g
}

// rereadExplicit finds the QuantizeLinear of every quantizer in the file, with its numbers, and the
// DequantizeLinear behind it with the same; and nothing else that the network does not have.
func rereadExplicit(file []byte, c *calibrate.Calibrated) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	readers := map[string][]onnx.Node{}
	quantizes := 0
	for _, n := range m.Graph.Nodes {
		for _, in := range n.Inputs {
			readers[in] = append(readers[in], n)
		}
		if n.OpType == "QuantizeLinear" {
			quantizes++
		}
	}
	if quantizes != len(c.Quantizers) {
		return fmt.Errorf("it has %d QuantizeLinear nodes, not %d", quantizes, len(c.Quantizers))
	}
	constants := map[string]*onnx.Tensor{}
	for i := range m.Graph.Initializers {
		constants[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	for i, q := range c.Quantizers {
		name, p := c.Graph.Values[q.Value].Name, c.Params[i]
		quantize, err := theOne(readers, name+"_scale", "QuantizeLinear")
		if err != nil {
			return err
		}
		dequantize, err := theOne(readers, name+"_scale", "DequantizeLinear")
		if err != nil {
			return err
		}
		if dequantize.Inputs[0] != quantize.Outputs[0] || !slices.Equal(dequantize.Inputs[1:], quantize.Inputs[1:]) {
			return fmt.Errorf("%q is not dequantized as it was quantized", name)
		}
		scale, err := constants[name+"_scale"].Floats(nil)
		if err != nil {
			return err
		}
		if !slices.Equal(scale, p.Scale) {
			return fmt.Errorf("%q has another scale", name)
		}
		if w := c.Graph.Values[q.Value].Const; w != nil {
			stored, err := constants[quantize.Inputs[0]].Floats(nil)
			if err != nil {
				return err
			}
			if !slices.Equal(stored, clipped(w, p).F) {
				return fmt.Errorf("%q has other numbers", name)
			}
		}
	}
	return nil
}

// theOne is the only reader of an operator that a value has.
func theOne(readers map[string][]onnx.Node, value, op string) (onnx.Node, error) {
	var found []onnx.Node
	for _, n := range readers[value] {
		if n.OpType == op {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return onnx.Node{}, fmt.Errorf("%q is read by %d nodes %s, not one", value, len(found), op)
	}
	return found[0], nil
}
