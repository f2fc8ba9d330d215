package graph

// decodeIdentity lets the node's readers read its input.
func decodeIdentity(s *source) (Op, []ValueID, error) { return nil, s.ids, s.need(1) }
