package onnx

import (
	"encoding/binary"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// Encode writes m as an ONNX file: fields in the order of their numbers, defaults left out, packed
// where onnx.proto says so. The same Model gives the same bytes. What Decode does not keep (sparse
// initializers, functions, training information) is not written.
func Encode(m *Model) []byte {
	var w buffer
	w.int(1, m.IRVersion)
	w.text(2, m.ProducerName)
	w.text(3, m.ProducerVersion)
	w.text(4, m.Domain)
	w.int(5, m.ModelVersion)
	w.text(6, m.Doc)
	if m.Graph != nil {
		w.message(7, func(w *buffer) { w.graph(m.Graph) })
	}
	for _, o := range m.Opsets {
		w.message(8, func(w *buffer) { w.text(1, o.Domain); w.int(2, o.Version) })
	}
	for _, e := range m.Metadata {
		w.message(14, func(w *buffer) { w.entry(e) })
	}
	return w.b
}

// EncodeTensor writes a file that holds one TensorProto.
func EncodeTensor(t *Tensor) []byte {
	var w buffer
	w.tensor(t)
	return w.b
}

// buffer appends protobuf fields.
type buffer struct{ b []byte }

func (w *buffer) int(num protowire.Number, v int64) {
	if v != 0 {
		w.always(num, v)
	}
}

// always writes a number even where it is zero.
func (w *buffer) always(num protowire.Number, v int64) {
	w.b = protowire.AppendTag(w.b, num, protowire.VarintType)
	w.b = protowire.AppendVarint(w.b, uint64(v))
}

func (w *buffer) bytes(num protowire.Number, b []byte) {
	if len(b) != 0 {
		w.b = protowire.AppendTag(w.b, num, protowire.BytesType)
		w.b = protowire.AppendBytes(w.b, b)
	}
}

func (w *buffer) text(num protowire.Number, s string) {
	if s != "" {
		w.member(num, s)
	}
}

// member writes one string of a repeated field, where an empty one counts.
func (w *buffer) member(num protowire.Number, s string) {
	w.b = protowire.AppendTag(w.b, num, protowire.BytesType)
	w.b = protowire.AppendString(w.b, s)
}

// message writes a sub-message, whose length goes before it: the body is written in place and moved.
func (w *buffer) message(num protowire.Number, body func(*buffer)) {
	w.b = protowire.AppendTag(w.b, num, protowire.BytesType)
	start := len(w.b)
	body(w)
	n := len(w.b) - start
	size := protowire.SizeVarint(uint64(n))
	w.b = append(w.b, make([]byte, size)...)
	copy(w.b[start+size:], w.b[start:start+n])
	protowire.AppendVarint(w.b[:start], uint64(n))
}

func (w *buffer) entry(e Entry) { w.text(1, e.Key); w.text(2, e.Value) }

func (w *buffer) graph(g *Graph) {
	for i := range g.Nodes {
		w.message(1, func(w *buffer) { w.node(&g.Nodes[i]) })
	}
	w.text(2, g.Name)
	for i := range g.Initializers {
		w.message(5, func(w *buffer) { w.tensor(&g.Initializers[i]) })
	}
	w.text(10, g.Doc)
	w.valueInfos(11, g.Inputs)
	w.valueInfos(12, g.Outputs)
	w.valueInfos(13, g.ValueInfo)
}

func (w *buffer) node(n *Node) {
	for _, s := range n.Inputs {
		w.member(1, s)
	}
	for _, s := range n.Outputs {
		w.member(2, s)
	}
	w.text(3, n.Name)
	w.text(4, n.OpType)
	for i := range n.Attrs {
		w.message(5, func(w *buffer) { w.attr(&n.Attrs[i]) })
	}
	w.text(6, n.Doc)
	w.text(7, n.Domain)
}

func (w *buffer) attr(a *Attr) {
	w.text(1, a.Name)
	switch a.Type {
	case AttrFloat:
		w.b = protowire.AppendTag(w.b, 2, protowire.Fixed32Type)
		w.b = protowire.AppendFixed32(w.b, math.Float32bits(a.F))
	case AttrInt:
		w.always(3, a.I)
	case AttrString:
		w.member(4, a.S)
	case AttrTensor:
		if a.T != nil {
			w.message(5, func(w *buffer) { w.tensor(a.T) })
		}
	case AttrGraph:
		if a.G != nil {
			w.message(6, func(w *buffer) { w.graph(a.G) })
		}
	case AttrFloats:
		for _, f := range a.Floats {
			w.b = protowire.AppendTag(w.b, 7, protowire.Fixed32Type)
			w.b = protowire.AppendFixed32(w.b, math.Float32bits(f))
		}
	case AttrInts:
		for _, v := range a.Ints {
			w.always(8, v)
		}
	case AttrStrings:
		for _, s := range a.Strings {
			w.member(9, s)
		}
	}
	w.int(20, int64(a.Type))
}

func (w *buffer) tensor(t *Tensor) {
	for _, d := range t.Dims {
		w.always(1, d)
	}
	w.int(2, int64(t.DataType))
	w.bytes(4, t.FloatData)
	w.bytes(5, t.Int32Data)
	w.bytes(7, t.Int64Data)
	w.text(8, t.Name)
	w.bytes(9, t.Raw)
	w.bytes(10, t.DoubleData)
	w.bytes(11, t.Uint64Data)
	if e := t.External; e != nil {
		w.message(13, func(w *buffer) { w.entry(Entry{"location", e.Location}) })
		w.message(13, func(w *buffer) { w.entry(Entry{"offset", strconv.FormatInt(e.Offset, 10)}) })
		if e.Length >= 0 {
			w.message(13, func(w *buffer) { w.entry(Entry{"length", strconv.FormatInt(e.Length, 10)}) })
		}
		w.always(14, 1)
	}
}

func (w *buffer) valueInfos(num protowire.Number, list []ValueInfo) {
	for i := range list {
		w.message(num, func(w *buffer) { w.valueInfo(&list[i]) })
	}
}

func (w *buffer) valueInfo(v *ValueInfo) {
	w.text(1, v.Name)
	if !v.Known {
		return
	}
	w.message(2, func(w *buffer) {
		w.message(1, func(w *buffer) {
			w.int(1, int64(v.ElemType))
			if !v.HasShape {
				return
			}
			w.message(2, func(w *buffer) {
				for _, d := range v.Dims {
					w.message(1, func(w *buffer) {
						if d.Set {
							w.always(1, d.Value)
						} else {
							w.text(2, d.Param)
						}
					})
				}
			})
		})
	})
}

// FromFloats is a Float tensor in raw_data.
func FromFloats(name string, dims []int64, values []float32) Tensor {
	raw := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	return Tensor{Name: name, Dims: dims, DataType: Float, Raw: raw}
}

// FromInts is a tensor of an integer type or Bool in raw_data; values are cut to the type's width.
func FromInts(name string, t DataType, dims []int64, values []int64) Tensor {
	size := t.size()
	raw := make([]byte, 0, size*len(values))
	for _, v := range values {
		for i := range size {
			raw = append(raw, byte(uint64(v)>>(8*i)))
		}
	}
	return Tensor{Name: name, Dims: dims, DataType: t, Raw: raw}
}
