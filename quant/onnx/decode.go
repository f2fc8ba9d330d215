package onnx

import "errors"

// Decode reads an ONNX file. The Model aliases b. Memory is bounded by a small multiple of len(b).
// The error is an *Error, or a *WrongFile where the file is of another kind.
func Decode(b []byte) (*Model, error) {
	if err := otherFile(b); err != nil {
		return nil, err
	}
	d := newDecoder(b)
	m, err := d.model(b)
	if err != nil {
		if t, other := DecodeTensor(b); other == nil && t.Stored() {
			return nil, &WrongFile{Kind: "a single ONNX tensor", Advice: chooseModel}
		}
		return nil, err
	}
	if m.Graph == nil {
		return nil, &WrongFile{Kind: "a file without an ONNX graph", Advice: chooseModel}
	}
	return m, nil
}

// DecodeTensor reads a file that holds one TensorProto (.pb). The Tensor aliases b.
func DecodeTensor(b []byte) (*Tensor, error) {
	if len(b) == 0 {
		return nil, errors.New("the tensor file is empty")
	}
	d := newDecoder(b)
	t := new(Tensor)
	if err := d.tensor(b, t); err != nil {
		return nil, err
	}
	return t, nil
}

func (d *decoder) model(b []byte) (*Model, error) {
	m := new(Model)
	err := d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return number(f, &m.IRVersion)
		case 2:
			return d.text(f, &m.ProducerName)
		case 3:
			return d.text(f, &m.ProducerVersion)
		case 4:
			return d.text(f, &m.Domain)
		case 5:
			return number(f, &m.ModelVersion)
		case 6:
			return d.text(f, &m.Doc)
		case 7:
			// protobuf merges a message that comes twice; no writer of ONNX does that, and a
			// second graph would hide the first.
			if m.Graph != nil {
				return errors.New("the file has two graphs")
			}
			m.Graph = new(Graph)
			return d.message(f, "graph", -1, func(b []byte) error { return d.graph(b, m.Graph) })
		case 8:
			return d.message(f, "opset_import", len(m.Opsets), func(b []byte) error {
				var o Opset
				err := d.opset(b, &o)
				m.Opsets = append(m.Opsets, o)
				return err
			})
		case 25:
			return d.message(f, "functions", len(m.Functions), func(b []byte) error {
				m.Functions = append(m.Functions, Function{})
				return d.function(b, &m.Functions[len(m.Functions)-1])
			})
		case 14:
			return d.message(f, "metadata_props", len(m.Metadata), func(b []byte) error {
				var e Entry
				err := d.entry(b, &e)
				m.Metadata = append(m.Metadata, e)
				return err
			})
		}
		return nil
	})
	return m, err
}

func (d *decoder) opset(b []byte, o *Opset) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.text(f, &o.Domain)
		case 2:
			return number(f, &o.Version)
		}
		return nil
	})
}

func (d *decoder) entry(b []byte, e *Entry) error {
	return d.fields(b, func(f field) error {
		switch f.num {
		case 1:
			return d.text(f, &e.Key)
		case 2:
			return d.text(f, &e.Value)
		}
		return nil
	})
}
