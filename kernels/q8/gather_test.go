package q8_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Random tables, and pixels and rows with gaps between them or without.
func TestGather(t *testing.T) {
	engines := both(t, entry{call.X8Gather, q8.EmitGather})
	r := rand.New(rand.NewPCG(27, 28))
	for i := range 200 {
		n, h, w, c, pixels := 1+r.IntN(2), 1+r.IntN(5), 1+r.IntN(5), 1+r.IntN(50), 1+r.IntN(9)
		gap := func() int { return r.IntN(3) * (i % 2) }
		yPix := c + gap()
		yRow := w*yPix + gap()
		yImg, xImg := h*yRow+gap(), pixels*c
		x, y, a := random(r, n*xImg), random(r, n*yImg), newArena()
		table := make([]int, h*w)
		for p := range table {
			table[p] = r.IntN(pixels) * c
		}
		want := bytes.Clone(y)
		for img := range n {
			ref.QGather(want[img*yImg:], x[img*xImg:], table, h, w, c, yRow, yPix)
		}
		u := func(v int) uint32 { return uint32(v) }
		g := q8.Gather{X: a.bytes(x), XImg: u(xImg), Table: a.offsets(table), Y: a.output(y, want), YImg: u(yImg), YRow: u(yRow), YPix: u(yPix),
			N: u(n), H: u(h), W: u(w), C: u(c)}
		if !a.checkBoth(t, engines, g.Call()) {
			t.Fatalf("%d images %dx%dx%d", n, h, w, c)
		}
	}
}
