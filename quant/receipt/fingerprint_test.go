package receipt

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestFingerprintTellsASingleCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 7, 8, 9, 1000, 1 << 20} {
		codes := make([]int32, n)
		for i := range codes {
			codes[i] = int32(r.IntN(256) - 128)
		}
		f := printOf(codes, 8)
		if !f.valid() || len(f) != 16+2*min(8, n) {
			t.Fatalf("fingerprint %q", f)
		}
		if _, ok := f.Against(printOf(codes, 8), n); ok {
			t.Errorf("%d codes differ from themselves", n)
		}
		for range 20 {
			other := slices.Clone(codes)
			i := r.IntN(n)
			for other[i] == codes[i] {
				other[i] = int32(r.IntN(256) - 128)
			}
			want := Difference{Of: n, Differ: 1, Compared: n, Most: int(max(codes[i]-other[i], other[i]-codes[i])), Exact: true}
			if d, ok := f.Against(printOf(other, 8), n); !ok || d != want {
				t.Errorf("%d codes: %+v, want %+v", n, d, want)
			}
		}
	}
}

func TestFingerprintOfManyDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	wrong := 0
	for range 2000 {
		codes := make([]int32, 500)
		for i := range codes {
			codes[i] = int32(r.IntN(256))
		}
		other := slices.Clone(codes)
		for range 2 + r.IntN(50) {
			other[r.IntN(len(other))] += int32(1 + r.IntN(3))
		}
		if slices.Equal(codes, other) {
			continue
		}
		d, ok := printOf(codes, 8).Against(printOf(other, 8), len(codes))
		if !ok || d.Of != 500 || d.Most > 9 && !d.Exact {
			t.Fatalf("%+v, %v", d, ok)
		}
		if d.Exact {
			differ := 0
			for i := range codes {
				if codes[i] != other[i] {
					differ++
				}
			}
			if differ != 1 {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of 2000 were taken for a single code", wrong)
	}
	// Every code one more, of 16 bits: no samples.
	codes, other := make([]int32, 300), make([]int32, 300)
	for i := range codes {
		codes[i] = int32(r.IntN(1 << 16))
		other[i] = codes[i] + 1
	}
	d, ok := printOf(codes, 16).Against(printOf(other, 16), 300)
	if !ok || d != (Difference{Of: 300}) {
		t.Errorf("%+v, %v", d, ok)
	}
	if d, ok := printOf(codes, 8).Against(printOf(other, 8), 300); !ok || d.Exact || d.Differ != 8 || d.Most != 1 {
		t.Errorf("%+v, %v", d, ok)
	}
	// Two codes between the samples: their sum tells something.
	copy(other, codes)
	other[0], other[1] = other[0]+30, other[1]+12
	d, _ = printOf(codes, 8).Against(printOf(other, 8), 300)
	if d.Differ != 0 || d.Exact || !strings.Contains(d.String(), "their sum differs by 42") {
		t.Errorf("%+v: %s", d, d)
	}
}

func printOf(codes []int32, bits int) Fingerprint {
	p := NewPrinter()
	p.Add(codes, bits)
	return p.Sum()
}

// The sums are those of the definition, one division after the other, whatever the codes and the pieces.
func TestPrinter(t *testing.T) {
	r := rand.New(rand.NewPCG(93, 94))
	for _, bits := range []int{8, 16, 32} {
		var sum, weighted uint64
		p, n := NewPrinter(), 0
		for range 20 {
			codes := make([]int32, r.IntN(500))
			for i := range codes {
				codes[i] = [...]int32{int32(r.Uint32()) >> (32 - bits), math.MaxInt32, math.MinInt32, 0, -1}[min(r.IntN(12), 4)]
			}
			p.Add(codes, bits)
			for _, c := range codes {
				z := (uint64(n) + 1) * 0x9e3779b97f4a7c15
				z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
				z = (z ^ z>>27) * 0x94d049bb133111eb
				x := uint64(((int64(c) % prime) + prime) % prime)
				sum = (sum + x) % prime
				weighted = (weighted + x*((z^z>>31)%(prime-1)+1)%prime) % prime
				n++
			}
		}
		if p.sum != sum || p.weighted != weighted || p.Len() != n {
			t.Errorf("%d bits: %d, %d of %d, want %d, %d of %d", bits, p.sum, p.weighted, p.Len(), sum, weighted, n)
		}
	}
	for _, z := range []uint64{0, 1, prime - 2, prime - 1, prime, 1<<32 - 1, 1 << 32, math.MaxUint64, math.MaxUint64 - 5} {
		if got, want := reduced(z), z%(prime-1); got != want {
			t.Errorf("%d modulo prime−1 is %d, want %d", z, got, want)
		}
	}
}
