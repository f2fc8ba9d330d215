package report

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// canonicalNaN is what every NaN is digested as: its bits differ between machines, its meaning not.
const canonicalNaN = 0x7fc00000

// Digest is a SHA-256 of numbers, little-endian. Its zero value is not usable.
type Digest struct{ sum hash.Hash }

// NewDigest begins a digest.
func NewDigest() *Digest { return &Digest{sha256.New()} }

// Floats adds float32 numbers: how many as uint64, then their bits; every NaN as one.
func (d *Digest) Floats(x []float32) {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+4*len(x)), uint64(len(x)))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, bits(v))
	}
	d.sum.Write(b)
}

// String is the digest in hexadecimal.
func (d *Digest) String() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// QParams is the digest of the numbers of all quantizers in their order. For each: the number of
// scales, the axis, quant_min, quant_max as int64, then scale bits and zero point of each as uint32;
// where the grid is not of integers its name, where there are blocks their size and axis.
func QParams(params []scheme.QParams) string {
	d := NewDigest()
	for _, p := range params {
		var b []byte
		for _, n := range []int64{int64(len(p.Scale)), int64(p.Axis), int64(p.QMin), int64(p.QMax)} {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
		for i := range p.Scale {
			b = binary.LittleEndian.AppendUint32(b, bits(p.Scale[i]))
			b = binary.LittleEndian.AppendUint32(b, uint32(p.ZeroPoint[i]))
		}
		b = append(b, p.Grid...)
		if p.Block > 0 {
			b = fmt.Appendf(b, " blocks of %d along %d", p.Block, p.Along)
		}
		d.sum.Write(b)
	}
	return d.String()
}

func bits(x float32) uint32 {
	if x != x {
		return canonicalNaN
	}
	return math.Float32bits(x)
}
