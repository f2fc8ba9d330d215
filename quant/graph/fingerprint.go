package graph

import (
	"fmt"
	"hash/maphash"
	"unsafe"
)

// Fingerprint is the same for graphs that compute the same, value by value and bit by bit, and another one for others but
// for a chance of 2^-64 of each. It is for keys within a process: another seed gives another.
func Fingerprint(g *Graph, seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprint(&h, g.Inputs, g.Outputs, len(g.Nodes), len(g.Values))
	for _, n := range g.Nodes {
		op := any(n.Op)
		if c, ok := op.(Constant); ok { // which points to it
			c.Value.fingerprint(&h)
			op = nil
		}
		fmt.Fprintf(&h, "%q %T %+v %v %v\n", n.Name, n.Op, op, n.Inputs, n.Outputs)
	}
	for _, v := range g.Values {
		fmt.Fprintf(&h, "%q %v %v\n", v.Name, v.DType, v.Shape)
		if v.Const != nil {
			v.Const.fingerprint(&h)
		}
	}
	return h.Sum64()
}

func (t *Tensor) fingerprint(h *maphash.Hash) {
	fmt.Fprintf(h, "%v %v %v %d %d %d\n", t.DType, t.Shape, t.Params, len(t.F), len(t.I), len(t.Codes))
	h.Write(memory(t.F))
	h.Write(memory(t.I))
	h.Write(memory(t.Codes))
}

// memory is that of x.
func memory[T float32 | int64 | int8](x []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(one)))
}
