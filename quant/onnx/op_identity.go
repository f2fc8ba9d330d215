package onnx

import "github.com/quantscope/quantscope/quant/graph"

// decodeIdentity lets the node's readers read its input.
func decodeIdentity(s *source) (graph.Op, []graph.ValueID, error) { return nil, s.ids, s.need(1) }
