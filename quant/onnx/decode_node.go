package onnx

func (d *decoder) node(b []byte, n *Node) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.texts(f, &n.Inputs)
		case 2:
			return d.texts(f, &n.Outputs)
		case 3:
			return d.text(f, &n.Name)
		case 4:
			return d.text(f, &n.OpType)
		case 5:
			return d.message(f, "attribute", len(n.Attrs), func(b []byte) error {
				n.Attrs = append(n.Attrs, Attr{})
				return d.attr(b, &n.Attrs[len(n.Attrs)-1])
			})
		case 6:
			return d.text(f, &n.Doc)
		case 7:
			return d.text(f, &n.Domain)
		}
		return nil
	})
}
