package receipt

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Fingerprint is a short stand-in for many codes, by which two machines can tell how their codes differ
// without sending them: in hexadecimal two sums modulo prime, as uint32, little-endian,
//
//	Σ c[i] and Σ c[i]·weight(i)
//
// from which a single code that differs can be told exactly, and the low bytes of up to maxSamples
// codes, evenly spaced. Codes of more than 8 bits have no samples. It is no proof: for that there are
// digests.
type Fingerprint string

const (
	prime      = 1<<32 - 5
	maxSamples = 8
)

// Printer makes the fingerprint of codes that come in pieces.
type Printer struct {
	sum, weighted uint64
	samples       []byte
	n             int
}

// NewPrinter begins a fingerprint.
func NewPrinter() *Printer { return new(Printer) }

// Add adds codes of some bits. Samples are taken of the first piece.
func (p *Printer) Add(codes []int32, bits int) {
	if p.n == 0 && bits <= 8 {
		n := min(maxSamples, len(codes))
		for k := range n {
			p.samples = append(p.samples, byte(codes[(2*k+1)*len(codes)/(2*n)]))
		}
	}
	// Sums are reduced where they might overflow, products as far as 2³² ≡ 5 takes them: a division takes as long as all else.
	for len(codes) > 0 {
		piece := codes[:min(len(codes), 1<<28)]
		sum, weighted := p.sum, p.weighted
		for i, c := range piece {
			x := uint64(int64(c) + prime&(int64(c)>>63))
			product := x * weight(p.n+i)
			sum += x
			weighted += product>>32*5 + product&(1<<32-1)
		}
		p.sum, p.weighted, p.n = sum%prime, weighted%prime, p.n+len(piece)
		codes = codes[len(piece):]
	}
}

// Len is how many codes there were.
func (p *Printer) Len() int { return p.n }

// Sum is the fingerprint.
func (p *Printer) Sum() Fingerprint {
	b := binary.LittleEndian.AppendUint32(nil, uint32(p.sum))
	b = binary.LittleEndian.AppendUint32(b, uint32(p.weighted))
	return Fingerprint(hex.EncodeToString(append(b, p.samples...)))
}

// weight is a number from 1 to prime−1 for place i, as if by chance: SplitMix64.
func weight(i int) uint64 {
	z := (uint64(i) + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return reduced(z^z>>31) + 1
}

// reduced is z modulo prime−1, by which 2³² ≡ 6, without a division.
func reduced(z uint64) uint64 {
	for range 2 {
		z = z>>32*6 + z&(1<<32-1)
	}
	over := int64(z - (prime - 1))
	return uint64(over + (prime-1)&(over>>63))
}

func modulo(x int64) uint64 {
	if x %= prime; x < 0 {
		x += prime
	}
	return uint64(x)
}

// valid tells whether f could have been made by FingerprintOf.
func (f Fingerprint) valid() bool {
	b, err := hex.DecodeString(string(f))
	return err == nil && len(b) >= 8 && len(b) <= 8+maxSamples && hex.EncodeToString(b) == string(f)
}

// Difference is how two lists of codes differ, as far as their fingerprints tell.
type Difference struct {
	Of       int  `json:"of"`       // codes
	Differ   int  `json:"differ"`   // of them: 1, or of Compared
	Compared int  `json:"compared"` // codes that were compared one by one
	Most     int  `json:"most"`     // the greatest difference seen
	Exact    bool `json:"exact"`    // all were
	Sum      int  `json:"sum"`      // by how much their sum differs, at most maxSum either way; 0 where it is more, or the same
}

// String is a sentence without its full stop.
func (d Difference) String() string {
	switch {
	case d.Exact:
		return fmt.Sprintf("%d of %d codes differs, by %d", d.Differ, d.Of, d.Most)
	case d.Compared == 0:
		return fmt.Sprintf("more than one of %d numbers differs, by how much the receipt does not tell: it samples codes of 8 bits only", d.Of)
	case d.Differ == 0 && d.Sum != 0:
		return fmt.Sprintf("more than one of %d codes differs, none of the %d that can be compared; their sum differs by %d", d.Of, d.Compared, max(d.Sum, -d.Sum))
	case d.Differ == 0:
		return fmt.Sprintf("more than one of %d codes differs, none of the %d that can be compared; by how much the receipt does not tell", d.Of, d.Compared)
	}
	return fmt.Sprintf("of %d codes %d of the %d that can be compared differ, by at most %d", d.Of, d.Differ, d.Compared, d.Most)
}

// maxSum is the greatest difference of sums that is told: beyond, the modulus may have hidden more.
const maxSum = 1 << 24

// maxSingle is the greatest difference that a single code is believed to have.
const maxSingle = 1 << 16

// Against compares two fingerprints of n codes; ok is false where they are the same.
func (f Fingerprint) Against(g Fingerprint, n int) (d Difference, ok bool) {
	if f == g || !f.valid() || !g.valid() {
		return Difference{}, false
	}
	a, _ := hex.DecodeString(string(f))
	b, _ := hex.DecodeString(string(g))
	d = Difference{Of: n}
	if len(a) == len(b) {
		d.Compared = len(a) - 8
	}
	for k := range d.Compared {
		// The nearer way round: the low bytes of signed and unsigned codes alike.
		if e := int(int8(a[8+k] - b[8+k])); e != 0 {
			d.Differ++
			d.Most = max(d.Most, e, -e)
		}
	}
	difference := func(at int) uint64 {
		return modulo(int64(binary.LittleEndian.Uint32(a[at:])) - int64(binary.LittleEndian.Uint32(b[at:])))
	}
	sum, weighted := difference(0), difference(4)
	size := min(sum, prime-sum)
	if d.Compared > 0 && size <= maxSum {
		if d.Sum = int(size); sum != size {
			d.Sum = -d.Sum
		}
	}
	if size == 0 || size > maxSingle || d.Differ > 1 {
		return d, true
	}
	// A single code differs by sum at i where weighted = sum·weight(i).
	w := weighted * power(sum, prime-2) % prime
	for i := range n {
		if weight(i) == w {
			return Difference{Of: n, Differ: 1, Compared: n, Most: int(size), Exact: true}, true
		}
	}
	return d, true
}

// power is x^n modulo prime; x^(prime−2) is 1/x.
func power(x uint64, n uint64) uint64 {
	out := uint64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = out * x % prime
		}
		x = x * x % prime
	}
	return out
}
