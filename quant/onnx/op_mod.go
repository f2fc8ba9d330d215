package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeMod(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.Mod{Fmod: s.flag("fmod", false)}, len(s.ids))
}

func encodeMod(w *Writer, n graph.Node) error {
	w.Plain(n, "Mod", nil, Flag("fmod", n.Op.(graph.Mod).Fmod))
	return nil
}
