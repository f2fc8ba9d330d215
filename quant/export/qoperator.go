package export

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

const microsoftDomain = "com.microsoft"

// writeQOperator gives <name>.onnx in the QOperator form, for ONNX Runtime: QLinearConv and
// QLinearMatMul of ONNX, QGemm, QLinearAdd, QLinearMul, QLinearConcat, the pools and functions of
// com.microsoft. An operator is of integers where its inputs have codes of 8 bits and its output is
// quantized, be it behind a ReLU, a pooling or a concatenation, past which quantizing can be moved; a
// batch normalisation that was not folded goes into scales and bias. Every other operator stays float,
// between DequantizeLinear and QuantizeLinear, and a note counts those layers.
func writeQOperator(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	return integers(ctx, c, name+".onnx", capabilities{
		linear: true, ops: []string{"Add", "Mul", "Concat", "Sigmoid", "LeakyRelu", "AveragePool", "GlobalAveragePool"},
	})
}

// writeONNXQNN gives <name>.onnx as MQBench does for TVM: QLinearConv, and QLinearAdd and the average
// pools of com.microsoft, activations and weights uint8 with one scale for a tensor. A ReLU is the zero
// point of what it makes. [Q] MQBench cuts the fraction of biases off, and weights beyond their range
// wrap around, which the file then does too; else both are rounded and limited.
func writeONNXQNN(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := firstOf(plain(c), perTensor(c), eightBits(c)); err != nil {
		return nil, nil, err
	}
	return integers(ctx, c, name+".onnx", capabilities{
		unsigned: true, mqbenchIntegers: c.Recipe.MQBenchExact, ops: []string{"Add", "AveragePool", "GlobalAveragePool"},
	})
}

// capabilities are what an engine of the QOperator form computes on codes besides convolutions.
type capabilities struct {
	linear          bool     // linear layers and products of matrices
	unsigned        bool     // codes are uint8, of weights too
	mqbenchIntegers bool     // [Q] integers are made as MQBench does it
	ops             []string // ONNX operators that have a QLinear form
}

// integers writes c with the operators that an engine has, and reads the file back.
func integers(ctx context.Context, c *calibrate.Calibrated, name string, can capabilities) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	l := newLowering(united(c), can)
	g, err := l.run(ctx)
	if err != nil {
		return nil, nil, err
	}
	from := opset8
	if slices.ContainsFunc(c.Params, func(p scheme.QParams) bool { return p.Grid == scheme.HalfUp }) {
		g.Notes = append(g.Notes, noteHalfUp)
	}
	if can.mqbenchIntegers {
		g.Notes = append(g.Notes, noteMQBenchIntegers)
	}
	for _, p := range c.Params {
		if p.QMax-p.QMin > 255 {
			from = opset21
		}
	}
	f, notes, err := modelFile(ctx, name, c, g, from, func(m *onnx.Model) { retype(m, l.types) }, l.reread)
	if err != nil {
		return nil, nil, err
	}
	return []File{f}, notes, nil
}

// operatorType is an ONNX operator with its domain, "" for ONNX's own.
type operatorType struct{ domain, name string }

// retype gives nodes their QLinear operators. They were written as the float ones, which have the same
// attributes, but with the inputs of the QLinear form.
func retype(m *onnx.Model, types map[string]operatorType) {
	contrib := false
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		t, ok := types[n.Name]
		if !ok {
			continue
		}
		n.Domain, n.OpType = t.domain, t.name
		contrib = contrib || t.domain == microsoftDomain
		n.Attrs = slices.DeleteFunc(n.Attrs, func(a onnx.Attr) bool {
			return t.name == "QGemm" && a.Name == "beta" // 1, and no attribute of QGemm
		})
	}
	if contrib {
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: microsoftDomain, Version: 1})
	}
}
