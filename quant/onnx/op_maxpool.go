package onnx

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeMaxPool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	w := s.window(nil, s.opset >= 10)
	s.autoPad(&w)
	ceil := s.opset >= 10 && s.flag("ceil_mode", false)
	columns := s.flag("storage_order", false)
	pool := graph.MaxPool{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads, Ceil: ceil}
	if n := s.node.Outputs; len(n) > 1 && s.b.wanted[n[1]] {
		return s.done(graph.MaxPoolIndices{Pool: pool, Columns: columns}, len(s.ids))
	}
	return s.done(pool, len(s.ids))
}

func encodeMaxPool(w *Writer, n graph.Node) error {
	w.Plain(n, "MaxPool", nil, poolAttrs(n.Op.(graph.MaxPool))...)
	return nil
}

func encodeMaxPoolIndices(w *Writer, n graph.Node) error {
	p := n.Op.(graph.MaxPoolIndices)
	w.Plain(n, "MaxPool", nil, append(poolAttrs(p.Pool), Flag("storage_order", p.Columns))...)
	return nil
}

func poolAttrs(p graph.MaxPool) []Attr {
	return []Attr{
		Ints("kernel_shape", p.Kernel...),
		Ints("strides", p.Strides...),
		Ints("dilations", p.Dilations...),
		Ints("pads", p.Pads...),
		Flag("ceil_mode", p.Ceil),
	}
}

// decodeMaxUnpool undoes a MaxPool. The file's size of the output, if it has one, says how many elements there are.
func decodeMaxUnpool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	w := s.window(nil, false)
	if s.err != nil {
		return nil, nil, s.err
	}
	x := s.in[0].Shape
	shape := slices.Clone(x[:2])
	for a, k := range w.kernel {
		shape = append(shape, (x[2+a]-1)*w.strides[a]-w.pads[a]-w.pads[len(w.kernel)+a]+k)
	}
	if v, ok := s.integers(2, "output_shape"); ok {
		var err error
		if shape, err = shapeOf(v); err != nil {
			return nil, nil, err
		}
	}
	return s.done(graph.MaxUnpool{Kernel: w.kernel, Strides: w.strides, Pads: w.pads, Shape: shape}, 2)
}

func encodeMaxUnpool(w *Writer, n graph.Node) error {
	u := n.Op.(graph.MaxUnpool)
	w.Plain(n, "MaxUnpool", []string{w.Ints(n, "shape", u.Shape)}, Ints("kernel_shape", u.Kernel...), Ints("strides", u.Strides...), Ints("pads", u.Pads...))
	return nil
}
