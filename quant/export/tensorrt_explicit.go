package export

import (
	"context"
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
func writeTensorRTExplicit(ctx context.Context, c *calibrate.Calibrated, _ string) ([]File, []string, error) {
	if err := firstOf(plain(c), symmetric(c), eightBits(c)); err != nil {
		return nil, nil, err
	}
	in := explicit(c)
	g, err := in.Done()
	if err != nil {
		return nil, nil, err
	}
	f, notes, err := modelFile(ctx, "onnx_quantized_model.onnx", c, g, opset8, nil, in.rereadExplicit)
	if err != nil {
		return nil, nil, err
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

// explicit makes c's graph with the nodes of every quantizer.
func explicit(c *calibrate.Calibrated) *inserter {
	in := newInserter(c, quantizerOf(c), c.Params)
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
				in.Graph.Values[v].Const = clipped(value.Const, in.params[in.of[v]])
				in.activation(v)
			}
			n.Inputs[i] = in.reads[v]
		}
		in.Append(n)
		for _, v := range n.Outputs {
			if v != graph.None {
				in.activation(v)
			}
		}
	}
	return in
}

// rereadExplicit finds the DequantizeLinear of every quantizer in the file and the QuantizeLinear before
// it, both with its numbers; and no other than those that the network has itself.
func (in *inserter) rereadExplicit(file []byte) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	c, maker, quantizes := in.c, map[string]onnx.Node{}, 0
	for _, n := range m.Graph.Nodes {
		for _, out := range n.Outputs {
			maker[out] = n
		}
		if n.OpType == "QuantizeLinear" {
			quantizes++
		}
	}
	want := len(c.Quantizers)
	for _, n := range c.Graph.Nodes {
		if _, ok := n.Op.(graph.QuantizeLinear); ok {
			want++
		}
	}
	if quantizes != want {
		return fmt.Errorf("it has %d QuantizeLinear nodes, not %d", quantizes, want)
	}
	constants := map[string]*onnx.Tensor{}
	for i := range m.Graph.Initializers {
		constants[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	floats := func(name string) ([]float32, error) {
		t, ok := constants[name]
		if !ok {
			return nil, fmt.Errorf("%q is not a constant", name)
		}
		return t.Floats(nil)
	}
	for i, q := range c.Quantizers {
		name, p := c.Graph.Values[q.Value].Name, c.Params[i]
		dequantize := maker[in.Graph.Values[in.reads[q.Value]].Name]
		if dequantize.OpType != "DequantizeLinear" {
			return fmt.Errorf("%q is not dequantized", name)
		}
		quantize := maker[dequantize.Inputs[0]]
		if quantize.OpType != "QuantizeLinear" || quantize.Inputs[0] != in.Graph.Values[q.Value].Name || !slices.Equal(dequantize.Inputs[1:], quantize.Inputs[1:]) {
			return fmt.Errorf("%q is not dequantized as it was quantized", name)
		}
		scale, err := floats(quantize.Inputs[1])
		if err != nil {
			return err
		}
		if !slices.Equal(scale, p.Scale) {
			return fmt.Errorf("%q has another scale", name)
		}
		if w := c.Graph.Values[q.Value].Const; w != nil {
			stored, err := floats(quantize.Inputs[0])
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
