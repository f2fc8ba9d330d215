package engine

import (
	"encoding/binary"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// The probe of the relaxed dot product runs it on extreme values of both operands, pair beside
// pair: a machine that reads the second operand otherwise, or saturates the sum of two products,
// shows in one of them.
const (
	probeVectors = 1764 / 4 // of 16 bytes: each lane has two pairs of operands, every one beside every other
	probeRecord  = 64       // bytes of a vector: a, b, the sum to begin with, and the result
)

// probeModule exports run(n), on a memory that it imports: for each of n records at address 0, result = a·b + sum.
func probeModule() []byte {
	m := asm.NewModule()
	f := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32}})
	n, at, i := f.ParamI32(0), f.I32(), f.I32()
	f.For(i, asm.ConstI32(0), n.I32, 1, func() {
		f.StoreI32x4(at.I32, 48, at.LoadI8x16(0).RelaxedDotAdd(at.LoadI8x16(16), at.LoadI32x4(32)))
		at.Set(at.AddC(probeRecord))
	})
	m.Export("run", f)
	return m.Bytes()
}

// probeInput is the records, results zero.
func probeInput() []byte {
	as := []byte{128, 129, 255, 0, 1, 127}
	bs := []byte{0, 1, 127, 128, 129, 254, 255}
	sums := []int32{0, 1 << 30, -1 << 30, -7}
	records := make([]byte, probeVectors*probeRecord)
	pairs := len(as) * len(bs)
	for i := range pairs * pairs {
		r := records[i/4*probeRecord:]
		for k, p := range []int{i / pairs, i % pairs} {
			for j := range 2 { // twice, so that neighbours are once alike, once not
				lane := i%4*4 + (2*j+k+i%2*j)%4
				r[lane], r[16+lane] = as[p/len(bs)], bs[p%len(bs)]
			}
		}
		binary.LittleEndian.PutUint32(r[32+i%4*4:], uint32(sums[i%7%4]))
	}
	return records
}

// judge says which exact reading all results have.
func judge(records []byte) call.Dot {
	unsigned, signed := true, true
	for ; len(records) > 0; records = records[probeRecord:] {
		for lane := range 4 {
			u := int32(binary.LittleEndian.Uint32(records[32+4*lane:]))
			s, got := u, int32(binary.LittleEndian.Uint32(records[48+4*lane:]))
			for i := 4 * lane; i < 4*lane+4; i++ {
				u += int32(int8(records[i])) * int32(records[16+i])
				s += int32(int8(records[i])) * int32(int8(records[16+i]))
			}
			unsigned, signed = unsigned && got == u, signed && got == s
		}
	}
	switch {
	case unsigned:
		return call.DotU8
	case signed:
		return call.DotS8
	}
	return call.DotI16
}
