package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeSpaceToDepth(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.SpaceToDepth{Block: s.blockSize()}, len(s.ids))
}

func encodeSpaceToDepth(w *Writer, n graph.Node) error {
	d := n.Op.(graph.SpaceToDepth)
	w.Plain(n, "SpaceToDepth", nil, Int("blocksize", d.Block))
	return nil
}
