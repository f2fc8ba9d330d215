package exec

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// magic begins the bytes of an image; its last byte is the version. Kernels and their numbers are part of an
// image, so that it stays what it was.
var magic = []byte("quantscope image\x00\x02")

var errThreads = errors.New("the image was compiled for another number of threads: compile it for the pool that it is to run on")

// Encode gives the bytes of m: magic, and with their lengths before them the layout as JSON, the module and
// the memory. Equal images give equal bytes.
func (m *Image) Encode() ([]byte, error) {
	layout, err := json.Marshal(m.Layout)
	if err != nil {
		return nil, err
	}
	b := bytes.Clone(magic)
	for _, part := range [][]byte{layout, m.Module, m.Memory} {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b, nil
}

// Decode reads what Encode wrote. The image shares the bytes. It fails for what no image can be; what an
// image computes is its maker's word, so compare its digest.
func Decode(b []byte) (*Image, error) {
	if !bytes.HasPrefix(b, magic) {
		return nil, errors.New("this is not a compiled network of this version: compile it again from its model")
	}
	b = b[len(magic):]
	var parts [3][]byte
	for i := range parts {
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, errors.New("the compiled network ends early: fetch the file again")
		}
		n := binary.LittleEndian.Uint32(b)
		parts[i], b = b[4:4+n:4+n], b[4+n:]
	}
	m := &Image{Module: parts[1], Memory: parts[2]}
	if err := json.Unmarshal(parts[0], &m.Layout); err != nil {
		return nil, fmt.Errorf("layout of the compiled network: %w", err)
	}
	if len(b) > 0 || !m.possible() {
		return nil, errors.New("the compiled network contradicts itself: compile it again from its model")
	}
	return m, nil
}

// possible reports whether everything that a Runner reads and writes lies in memory.
func (m *Image) possible() bool {
	inside := func(at uint32, n int) bool { return n >= 0 && int64(at)+int64(n) <= int64(m.Bytes) }
	if m.Bytes < 0 || m.Bytes > math.MaxUint32 || m.Threads < 1 || m.Threads > maxThreads || m.Dot > call.DotS8 ||
		!inside(0, len(m.Memory)) || int64(m.Program) > int64(len(m.Memory)) || len(m.Offsets) != int(m.Calls) || len(m.Labels) != int(m.Calls) {
		return false
	}
	for _, in := range m.Inputs {
		if !sound(in.Shape) || !inside(in.At, plan.Elem*graph.Len(in.Shape)) {
			return false
		}
	}
	for _, o := range m.Ranges {
		if !inside(o.At, plan.Elem*rangeLen*m.Threads) {
			return false
		}
	}
	for _, offset := range m.Offsets {
		if int64(m.Program)+int64(offset) >= int64(len(m.Memory)) {
			return false
		}
	}
	for _, v := range m.Outputs {
		if m.Values[v] == nil {
			return false
		}
	}
	for _, p := range m.Params {
		if p == nil || p.Layout.Width != plan.Elem || !p.possible(inside) {
			return false
		}
	}
	for _, p := range m.Values {
		if p == nil || p.Constant == nil && !p.possible(inside) {
			return false
		}
	}
	return true
}

// maxThreads is more than a machine has.
const maxThreads = 1 << 12

// possible reports whether the value lies in memory as its shape says.
func (p *Place) possible(inside func(at uint32, n int) bool) bool {
	l := p.Layout
	if l.Width != 1 && l.Width != plan.Elem || !sound(l.Shape) {
		return false
	}
	for _, h := range l.Halo {
		if h < 0 || h > math.MaxInt16 {
			return false
		}
	}
	if l.Order != plan.InOrder && (l.Order != plan.ChannelsLast || len(l.Shape) != 4) {
		return false
	}
	want, size := plan.NewLayout(l.Buffer, l.Shape, l.Order, l.Halo, l.Width)
	if l.Offset != want.Offset || len(l.Stride) != len(want.Stride) {
		return false
	}
	for i := range l.Stride {
		if l.Stride[i] != want.Stride[i] {
			return false
		}
	}
	return inside(p.At, size)
}

// sound reports whether a tensor of this shape fits in memory.
func sound(shape []int) bool {
	n := 1
	for _, d := range shape {
		if d < 0 || d > math.MaxInt32 {
			return false
		}
		if n *= d; n > math.MaxInt32 {
			return false
		}
	}
	return true
}

// memory takes what a program writes.
type memory []byte

func (m memory) Write(at uint32, b []byte) { copy(m[at:], b) }

func (m memory) WriteF32(at uint32, x []float32) {
	for i, v := range x {
		binary.LittleEndian.PutUint32(m[int(at)+4*i:], math.Float32bits(v))
	}
}

func (m memory) WriteU32(at uint32, x []uint32) {
	for i, v := range x {
		binary.LittleEndian.PutUint32(m[int(at)+4*i:], v)
	}
}
