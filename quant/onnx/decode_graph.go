package onnx

func (d *decoder) graph(b []byte, g *Graph) error {
	if d.depth++; d.depth > maxDepth {
		return errDepth
	}
	defer func() { d.depth-- }()
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.message(f, "node", len(g.Nodes), func(b []byte) error {
				g.Nodes = append(g.Nodes, Node{})
				return d.node(b, &g.Nodes[len(g.Nodes)-1])
			})
		case 2:
			return d.text(f, &g.Name)
		case 5:
			return d.message(f, "initializer", len(g.Initializers), func(b []byte) error {
				g.Initializers = append(g.Initializers, Tensor{})
				return d.tensor(b, &g.Initializers[len(g.Initializers)-1])
			})
		case 10:
			return d.text(f, &g.Doc)
		case 11:
			return d.valueInfos(f, "input", &g.Inputs)
		case 12:
			return d.valueInfos(f, "output", &g.Outputs)
		case 13:
			return d.valueInfos(f, "value_info", &g.ValueInfo)
		case 15:
			g.Sparse++
		}
		return nil
	})
}
