package tflite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// file is what a TensorFlow Lite file says of one of its subgraphs.
type file struct {
	name      string
	all       *[]*file // every subgraph, of which the first is the network
	tensors   []tensor
	inputs    []int
	outputs   []int
	operators []operator
}

// tensor is a value of the network; one with data is constant.
type tensor struct {
	name      string
	shape     []int
	open      []bool // the sizes that the file leaves open; nil where none
	typ       int
	data      []byte // aliases the file
	scales    []byte // float32s; empty where the tensor is not quantized
	zeros     []byte // int64s
	axis      int    // of the scales, where there are several
	variable  bool
	sparse    bool
	detailed  bool // quantized in another way than by scale and zero point
	malformed error
}

// operator is one step. Absent inputs are -1.
type operator struct {
	code    int
	custom  string
	inputs  []int
	outputs []int
	options table
}

// Types of element, TensorType of the schema.
const (
	float32Type  = 0
	float16Type  = 1
	int32Type    = 2
	uint8Type    = 3
	int64Type    = 4
	boolType     = 6
	int16Type    = 7
	int8Type     = 9
	float64Type  = 10
	uint32Type   = 15
	uint16Type   = 16
	int4Type     = 17
	bfloat16Type = 18
)

// read decodes the tables of a file, with every index in them checked.
func read(b []byte) (*file, error) {
	f, model := root(b)
	subgraphs := model.tables(2)
	if f.err == nil && len(subgraphs) == 0 {
		f.fail(errors.New("it has no subgraph"))
	}
	if f.err != nil {
		return nil, f.err
	}
	buffers, codes := model.tables(4), model.tables(1)
	all := make([]*file, len(subgraphs))
	for i, t := range subgraphs {
		var err error
		if all[i], err = readSubgraph(f, t, buffers, codes); err != nil {
			return nil, err
		}
		all[i].all = &all
	}
	return all[0], nil
}

func readSubgraph(f *flat, main table, buffers, codes []table) (*file, error) {
	out := &file{name: nameOf(main.text(4)), inputs: main.ints(1), outputs: main.ints(2)}
	for i, t := range main.tables(0) {
		out.tensors = append(out.tensors, readTensor(f, i, t, buffers))
	}
	for i, t := range main.tables(3) {
		o := operator{inputs: t.ints(1), outputs: t.ints(2), options: t.table(4)}
		index := t.int(0, 0)
		if f.err == nil && (index < 0 || index >= len(codes)) {
			f.fail(fmt.Errorf("operator %d has code %d of %d", i, index, len(codes)))
		}
		if f.err != nil {
			return nil, f.err
		}
		// The first field had one byte; codes from 127 on are in the second.
		o.code = max(codes[index].byte(0, 0), codes[index].int(3, 0))
		o.custom = codes[index].text(1)
		out.operators = append(out.operators, o)
	}
	if f.err != nil {
		return nil, f.err
	}
	return out, out.check()
}

// nameOf is a name as sentences and tables can hold it.
func nameOf(s string) string { return strings.ToValidUTF8(s[:min(len(s), longestName)], "?") }

const longestName = 200

func readTensor(f *flat, index int, t table, buffers []table) tensor {
	out := tensor{
		name: nameOf(t.text(3)), shape: t.ints(0), typ: t.byte(1, 0),
		variable: t.bool(5, false), sparse: t.field(6) != 0,
	}
	if out.name == "" {
		out.name = fmt.Sprintf("tensor_%d", index)
	}
	if signature := t.ints(7); len(signature) == len(out.shape) && slices.Contains(signature, -1) {
		out.open = make([]bool, len(signature))
		for i, n := range signature {
			out.open[i] = n == -1
		}
	}
	q := t.table(4)
	out.scales, _ = q.vector(2, 4)
	out.zeros, _ = q.vector(3, 8)
	out.axis = q.int(6, 0)
	out.detailed = q.byte(4, 0) != 0
	if n := t.int(2, 0); n > 0 && n < len(buffers) {
		out.data = buffers[n].raw(0)
		if at, size := buffers[n].long(1), buffers[n].long(2); at > 1 && size > 0 {
			// A file of over 2 GB keeps its data behind the FlatBuffer.
			out.data = f.bytes(int(min(at, uint64(len(f.b))+1)), int(min(size, uint64(len(f.b))+1)))
		}
	} else if f.err == nil && n != 0 {
		f.fail(fmt.Errorf("tensor %q has buffer %d of %d", out.name, n, len(buffers)))
	}
	return out
}

// check holds every index against what there is.
func (f *file) check() error {
	for i := range f.tensors {
		t := &f.tensors[i]
		if n, ok := graph.Elements(t.shape); !ok || slices.ContainsFunc(t.shape, func(d int) bool { return d < 0 }) {
			return fmt.Errorf("tensor %q has the shape %v, which is not possible", t.name, t.shape[:min(len(t.shape), 9)])
		} else if len(t.shape) > graph.MaxRank {
			return fmt.Errorf("tensor %q has rank %d, over %d", t.name, len(t.shape), graph.MaxRank)
		} else if len(t.data) > 0 {
			t.malformed = t.sized(n)
		}
	}
	within := func(what string, list []int, least int) error {
		for _, n := range list {
			if n < least || n >= len(f.tensors) {
				return fmt.Errorf("%s names tensor %d of %d", what, n, len(f.tensors))
			}
		}
		return nil
	}
	if err := errors.Join(within("an input of the network", f.inputs, 0), within("an output of the network", f.outputs, 0)); err != nil {
		return err
	}
	if len(f.outputs) == 0 {
		return errors.New("the network has no output")
	}
	for i, o := range f.operators {
		if err := within(fmt.Sprintf("operator %d (%s)", i, o.title()), o.inputs, -1); err != nil {
			return err
		}
		if err := within(fmt.Sprintf("operator %d (%s)", i, o.title()), o.outputs, 0); err != nil {
			return err
		}
		if len(o.outputs) == 0 {
			return fmt.Errorf("operator %d (%s) has no output", i, o.title())
		}
	}
	return nil
}

// sized checks that the data is as many elements as the shape says.
func (t *tensor) sized(n int) error {
	want := width(t.typ) * n
	if t.typ == int4Type {
		want = (n + 1) / 2
	}
	if want == 0 && n > 0 {
		return fmt.Errorf("tensor %q has elements of type %d, which is not supported", t.name, t.typ)
	}
	if len(t.data) != want {
		return fmt.Errorf("tensor %q %v needs %d bytes and the file has %d", t.name, t.shape, want, len(t.data))
	}
	return nil
}

// width is how many bytes an element takes, of 4 bits once they are taken apart; 0 where the type is not supported.
func width(typ int) int {
	switch typ {
	case float32Type, int32Type, uint32Type:
		return 4
	case int64Type, float64Type:
		return 8
	case float16Type, int16Type, uint16Type, bfloat16Type:
		return 2
	case uint8Type, int8Type, boolType, int4Type:
		return 1
	}
	return 0
}

func (t *tensor) constant() bool { return len(t.data) > 0 }

// quantized tells whether the elements stand for floats.
func (t *tensor) quantized() bool { return len(t.scales) > 0 && t.typ != float32Type }
