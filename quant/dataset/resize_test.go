package dataset

import (
	"math"
	"math/rand/v2"
	"testing"
)

func randomImage(g *rand.Rand, w, h, channels int) *Image {
	m := &Image{w, h, channels, make([]uint8, w*h*channels)}
	for i := range m.Pix {
		m.Pix[i] = uint8(g.Uint32())
	}
	return m
}

// The weights of every output sample sum to one, to the precision of the fixed point, and stay
// within the source.
func TestTriangleSumsToOne(t *testing.T) {
	for in := 1; in < 70; in++ {
		for out := 1; out < 70; out++ {
			for i, tap := range triangle(in, out) {
				sum := int32(0)
				for _, w := range tap.weights {
					sum += w
				}
				if d := sum - 1<<coefBits; d < -16 || d > 16 || tap.first < 0 || tap.first+len(tap.weights) > in {
					t.Fatalf("%d to %d, sample %d: first %d, weights %v", in, out, i, tap.first, tap.weights)
				}
			}
		}
	}
}

// A flat image stays flat, a size that stays changes nothing, and mirroring before or after is the
// same to one step of rounding.
func TestResizeProperties(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	mirror := func(m *Image) *Image {
		out := &Image{m.Width, m.Height, m.Channels, make([]uint8, len(m.Pix))}
		for y := range m.Height {
			for x := range m.Width {
				for c := range m.Channels {
					out.Pix[(y*m.Width+x)*m.Channels+c] = m.Pix[(y*m.Width+m.Width-1-x)*m.Channels+c]
				}
			}
		}
		return out
	}
	for range 200 {
		w, h, channels := 1+g.IntN(60), 1+g.IntN(60), 1+2*g.IntN(2)
		w2, h2 := 1+g.IntN(60), 1+g.IntN(60)
		flat := &Image{w, h, channels, make([]uint8, w*h*channels)}
		v := uint8(g.Uint32())
		for i := range flat.Pix {
			flat.Pix[i] = v
		}
		for _, p := range resize(flat, w2, h2).Pix {
			if p != v {
				t.Fatalf("flat %d became %d (%d×%d to %d×%d)", v, p, w, h, w2, h2)
			}
		}
		m := randomImage(g, w, h, channels)
		if same := resize(m, w, h); string(same.Pix) != string(m.Pix) {
			t.Fatal("the same size changed the image")
		}
		a, b := resize(mirror(m), w2, h2), mirror(resize(m, w2, h2))
		for i := range a.Pix {
			if d := int(a.Pix[i]) - int(b.Pix[i]); d < -1 || d > 1 {
				t.Fatalf("mirrored: %d and %d (%d×%d to %d×%d)", a.Pix[i], b.Pix[i], w, h, w2, h2)
			}
		}
	}
}

// A direct evaluation of the triangle filter in float64, unrounded between the passes, is at most
// one step away.
func TestResizeAgainstDefinition(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 4))
	weight := func(in, out, i, k int) float64 {
		scale := float64(in) / float64(out)
		return max(0, 1-math.Abs(float64(k)+0.5-(float64(i)+0.5)*scale)/max(scale, 1))
	}
	for range 60 {
		w, h, w2, h2 := 1+g.IntN(24), 1+g.IntN(24), 1+g.IntN(24), 1+g.IntN(24)
		m := randomImage(g, w, h, 1)
		got := resize(m, w2, h2)
		for y := range h2 {
			for x := range w2 {
				sum, total := 0.0, 0.0
				for j := range h {
					for k := range w {
						f := weight(h, h2, y, j) * weight(w, w2, x, k)
						sum, total = sum+f*float64(m.Pix[j*w+k]), total+f
					}
				}
				if d := math.Abs(sum/total - float64(got.Pix[y*w2+x])); d > 1.01 {
					t.Fatalf("%d×%d to %d×%d at %d,%d: %v away", w, h, w2, h2, x, y, d)
				}
			}
		}
	}
}

func TestShorterSide(t *testing.T) {
	for _, c := range [][5]int{{500, 333, 256, 384, 256}, {333, 500, 256, 256, 384}, {600, 460, 256, 333, 256}, {5, 5, 7, 7, 7}, {1, 3, 256, 256, 768}} {
		if w, h := shorterSide(c[0], c[1], c[2]); w != c[3] || h != c[4] {
			t.Errorf("%v: %d×%d", c, w, h)
		}
	}
}

func TestCentreCropRoundsToEven(t *testing.T) {
	for margin, want := range []int{0, 0, 1, 2, 2, 2, 3, 4} { // round(margin/2), halves to even
		m := &Image{10 + margin, 1, 1, make([]uint8, 10+margin)}
		for i := range m.Pix {
			m.Pix[i] = uint8(i)
		}
		c, err := centreCrop(m, 1, 10)
		if err != nil || int(c.Pix[0]) != want {
			t.Errorf("margin %d: starts at %v, want %d (%v)", margin, c.Pix[0], want, err)
		}
	}
}
