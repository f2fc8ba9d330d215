package onnx

func (d *decoder) function(b []byte, fn *Function) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.text(f, &fn.Name)
		case 4:
			return d.texts(f, &fn.Inputs)
		case 5:
			return d.texts(f, &fn.Outputs)
		case 7:
			return d.message(f, "node", len(fn.Nodes), func(b []byte) error {
				fn.Nodes = append(fn.Nodes, Node{})
				return d.node(b, &fn.Nodes[len(fn.Nodes)-1])
			})
		case 9:
			return d.message(f, "opset_import", len(fn.Opsets), func(b []byte) error {
				var o Opset
				err := d.opset(b, &o)
				fn.Opsets = append(fn.Opsets, o)
				return err
			})
		case 10:
			return d.text(f, &fn.Domain)
		case 11:
			return d.message(f, "attribute_proto", len(fn.Defaults), func(b []byte) error {
				fn.Defaults = append(fn.Defaults, Attr{})
				return d.attr(b, &fn.Defaults[len(fn.Defaults)-1])
			})
		}
		return nil
	})
}
