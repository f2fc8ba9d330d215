// Package onnx reads and writes ONNX files, in two steps: Decode and Encode turn bytes into a Model and
// back, the protobuf messages of onnx.proto as they are; ToGraph and FromGraph turn a Model into a
// graph.Graph and back, operator by operator, each as its opset means it (ops.go, op_….go). The first is
// written on protowire, because generated protobuf types cost megabytes of WebAssembly.
//
// A decoded Model aliases the bytes it was made from: tensors are not copied, so the caller keeps
// the bytes unchanged for as long as the Model lives.
//
// Source: onnx/onnx.proto of the ONNX project, IR versions 3 to 10.
package onnx

// Model is ModelProto.
type Model struct {
	IRVersion       int64
	Opsets          []Opset
	ProducerName    string
	ProducerVersion string
	Domain          string
	ModelVersion    int64
	Doc             string
	Graph           *Graph
	Metadata        []Entry
	Functions       []Function
}

// Opset is OperatorSetIdProto: a set of operators at a version. Domain "" is ai.onnx.
type Opset struct {
	Domain  string
	Version int64
}

// Entry is StringStringEntryProto.
type Entry struct{ Key, Value string }

// Graph is GraphProto.
type Graph struct {
	Name         string
	Doc          string
	Nodes        []Node
	Initializers []Tensor
	Inputs       []ValueInfo
	Outputs      []ValueInfo
	ValueInfo    []ValueInfo
	Sparse       int // sparse initializers, which are counted and not kept
}

// Node is NodeProto. An empty string among Inputs or Outputs is an absent optional one.
type Node struct {
	Name    string
	OpType  string
	Domain  string
	Doc     string
	Inputs  []string
	Outputs []string
	Attrs   []Attr
}

// AttrType is AttributeProto.AttributeType.
type AttrType int32

// Types of attribute.
const (
	AttrUndefined AttrType = 0
	AttrFloat     AttrType = 1
	AttrInt       AttrType = 2
	AttrString    AttrType = 3
	AttrTensor    AttrType = 4
	AttrGraph     AttrType = 5
	AttrFloats    AttrType = 6
	AttrInts      AttrType = 7
	AttrStrings   AttrType = 8
)

// Attr is AttributeProto. The field that Type names is the one that counts.
type Attr struct {
	Name    string
	Type    AttrType
	F       float32
	I       int64
	S       string
	T       *Tensor
	G       *Graph
	Floats  []float32
	Ints    []int64
	Strings []string
	Ref     string // in a function: the attribute of the call that this is
}

// ValueInfo is ValueInfoProto of a tensor. Known is false where the file gives no tensor type, and
// HasShape where it gives no shape; a scalar has a shape without Dims.
type ValueInfo struct {
	Name     string
	Known    bool
	ElemType DataType
	HasShape bool
	Dims     []Dim
}

// Open tells whether the file leaves some dimension open and shape, which is of what it is given, agrees with
// the others.
func (v ValueInfo) Open(shape []int) bool {
	if !v.HasShape || len(shape) != len(v.Dims) {
		return !v.HasShape
	}
	open := false
	for i, d := range v.Dims {
		fixed := d.Set && d.Value >= 0
		if fixed && int64(shape[i]) != d.Value {
			return false
		}
		open = open || !fixed
	}
	return open
}

// Dim is one dimension: a Value, or a name in Param, or neither.
type Dim struct {
	Value int64
	Param string
	Set   bool // Value was given
}

// DataType is TensorProto.DataType.
type DataType int32

// Element types of TensorProto.
const (
	Undefined  DataType = 0
	Float      DataType = 1
	Uint8      DataType = 2
	Int8       DataType = 3
	Uint16     DataType = 4
	Int16      DataType = 5
	Int32      DataType = 6
	Int64      DataType = 7
	String     DataType = 8
	Bool       DataType = 9
	Float16    DataType = 10
	Double     DataType = 11
	Uint32     DataType = 12
	Uint64     DataType = 13
	Complex64  DataType = 14
	Complex128 DataType = 15
	BFloat16   DataType = 16
)

// Tensor is TensorProto. One of the storage fields holds the elements; each is the bytes of the file,
// not decoded: Raw little-endian elements, FloatData and DoubleData little-endian words, the others
// varints. Values decodes them.
type Tensor struct {
	Name       string
	Dims       []int64
	DataType   DataType
	Raw        []byte
	FloatData  []byte
	Int32Data  []byte
	Int64Data  []byte
	DoubleData []byte
	Uint64Data []byte
	Strings    int // string elements, which are counted and not kept
	Segment    bool
	External   *External
}

// External says where the elements lie when they are not in the model's own file.
type External struct {
	Location string
	Offset   int64
	Length   int64 // -1: to the end of the file
}
