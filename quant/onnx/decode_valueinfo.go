package onnx

// valueInfos appends a ValueInfoProto.
func (d *decoder) valueInfos(f field, name string, to *[]ValueInfo) error {
	return d.message(f, name, len(*to), func(b []byte) error {
		*to = append(*to, ValueInfo{})
		return d.valueInfo(b, &(*to)[len(*to)-1])
	})
}

func (d *decoder) valueInfo(b []byte, v *ValueInfo) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.text(f, &v.Name)
		case 2:
			return d.message(f, "type", -1, func(b []byte) error {
				return d.fields(b, func(f field) error {
					if f.num != 1 {
						return nil // a sequence, map, sparse or optional type: Known stays false
					}
					v.Known = true
					return d.message(f, "tensor_type", -1, func(b []byte) error { return d.tensorType(b, v) })
				})
			})
		}
		return nil
	})
}

func (d *decoder) tensorType(b []byte, v *ValueInfo) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return number(f, &v.ElemType)
		case 2:
			v.HasShape = true
			return d.message(f, "shape", -1, func(b []byte) error {
				return d.fields(b, func(f field) error {
					if f.num != 1 {
						return nil
					}
					return d.message(f, "dim", len(v.Dims), func(b []byte) error {
						var dim Dim
						err := d.dim(b, &dim)
						v.Dims = append(v.Dims, dim)
						return err
					})
				})
			})
		}
		return nil
	})
}

func (d *decoder) dim(b []byte, dim *Dim) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			dim.Set = true
			return number(f, &dim.Value)
		case 2:
			return d.text(f, &dim.Param)
		}
		return nil
	})
}
