package onnx

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeDepthToSpace(s *source) (graph.Op, []graph.ValueID, error) {
	d := graph.DepthToSpace{Block: s.blockSize()}
	switch mode := s.text("mode", "DCR"); mode {
	case "DCR":
	case "CRD":
		d.Inner = true
	default:
		s.fail(fmt.Errorf("mode %q is not known", mode))
	}
	return s.done(d, len(s.ids))
}

// blockSize decodes the attribute of DepthToSpace and SpaceToDepth.
func (s *source) blockSize() int {
	n := s.number("blocksize", 0, 1, 1<<15)
	if n < 1 {
		s.fail(errors.New("attribute \"blocksize\" is missing"))
	}
	return n
}

func encodeDepthToSpace(w *Writer, n graph.Node) error {
	d := n.Op.(graph.DepthToSpace)
	mode := "DCR"
	if d.Inner {
		mode = "CRD"
	}
	w.Plain(n, "DepthToSpace", nil, Int("blocksize", d.Block), Text("mode", mode))
	return nil
}
