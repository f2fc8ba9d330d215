package refine

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// GPTQ (Frantar et al., arXiv 2210.17323) rounds the weights of a layer one input after the other, and lets those that are
// not rounded yet take up the error, as the inverse of the Hessian says of the squared error of the layer's output,
// 2·Σ x·xᵀ over what the quantized network gives it. Nothing is iterated.

const (
	gptqDamp    = 0.01 // of the mean of the Hessian's diagonal, added to it
	gptqBlock   = 1024 // inputs that take up each other's errors: the time grows with the cube
	gptqSamples = 8    // for each input of a block, of which there are enough then
)

// gptq rounds all layers, first to last.
func (rc *reconstruction) gptq(ctx context.Context, progress func(done, total int)) error {
	parts := rc.parts()
	for k, u := range parts {
		for _, v := range u.weights {
			if err := rc.gptqLayer(ctx, v); err != nil {
				return err
			}
		}
		progress(k+1, len(parts))
	}
	return nil
}

// gptqLayer rounds one weight. Transposed convolutions keep the nearest codes.
func (rc *reconstruction) gptqLayer(ctx context.Context, v graph.ValueID) error {
	g := rc.c.Graph
	node := g.Nodes[g.Consumers()[v][0]]
	read, ok := rowsOf(g, node)
	if !ok {
		return nil
	}
	x := node.Inputs[0]
	items := min(rc.items.Len, max(maxHeld/(4*graph.Len(g.Values[x].Shape)), 1))
	given, err := rc.run(ctx, rc.c.Quantized(func(i int) bool { return rc.c.Quantizers[i].Value != v }).Graph, []graph.ValueID{x}, items)
	if err != nil {
		return err
	}
	p, w := rc.c.Params[rc.quantizer(v)], rc.own(v)
	scale := make([]int32, len(w)) // of each weight
	for c, run := range p.Groups(g.Values[v].Shape, len(w)) {
		for i := run.From; i < run.To; i++ {
			scale[i] = int32(c)
		}
	}
	for group := range read.groups {
		for from := 0; from < read.inputs; from += gptqBlock {
			if err := ctx.Err(); err != nil {
				return err
			}
			to := min(from+gptqBlock, read.inputs)
			h := newHessian(to - from)
			every := max(items*read.rows/(gptqSamples*(to-from)+1), 1) // rows that stand for so many
			row := make([]float64, to-from)
			for i := 0; i < items*read.rows; i += every {
				read.row(row, given[i/read.rows][0], group, i%read.rows, from)
				h.add(row)
			}
			u, err := h.inverse()
			if err != nil {
				return err
			}
			for o := group * read.outputs; o < (group+1)*read.outputs; o++ {
				round(w, func(k int) int { return read.weight(o, from+k) }, u, p, scale)
			}
		}
	}
	return nil
}

// round rounds the weights of one output channel, at(k) being where that of input k of a part is, and scales the index of
// each weight's scale.
func round(w []float32, at func(k int) int, u *triangle, p scheme.QParams, scales []int32) {
	rest := make([]float64, u.n)
	for k := range rest {
		rest[k] = float64(w[at(k)])
	}
	for k, x := range rest { // as the weights before have left it
		c := scales[at(k)]
		scale, zero := float64(p.Scale[c]), float64(p.ZeroPoint[c])
		code := min(max(math.RoundToEven(x/scale)+zero, float64(p.QMin)), float64(p.QMax))
		rounded := float64(code-zero) * scale
		w[at(k)] = float32(rounded)
		off := (x - rounded) / u.at(k, k)
		for j := k + 1; j < u.n; j++ {
			rest[j] -= float64(off * u.at(k, j))
		}
	}
}

// triangle is an upper triangular or symmetric matrix, of which the upper half counts.
type triangle struct {
	n int
	x []float64 // row by row, whole
}

func (t *triangle) at(i, j int) float64 { return t.x[i*t.n+j] }

// hessian adds up x·xᵀ.
type hessian struct{ triangle }

func newHessian(n int) *hessian { return &hessian{triangle{n, make([]float64, n*n)}} }

func (h *hessian) add(x []float64) {
	for i, a := range x {
		if a == 0 {
			continue
		}
		row := h.x[i*h.n:]
		for j := i; j < h.n; j++ {
			row[j] += float64(a * x[j])
		}
	}
}

var errSingular = errors.New("the inputs of a layer say nothing about its weights: give other calibration items")

// inverse is U with H⁻¹ = Uᵀ·U, upper triangular: that of R with H = R·Rᵀ, Cholesky's factor from the last row up.
// Inputs that are always 0 are by themselves.
func (h *hessian) inverse() (*triangle, error) {
	n, mean := h.n, 0.0
	for i := range n {
		mean += h.at(i, i) / float64(n)
	}
	if !(mean > 0) {
		mean = 1
	}
	for i := range n {
		h.x[i*n+i] += gptqDamp * mean
	}
	r := h.x // becomes R in place
	for j := n - 1; j >= 0; j-- {
		for i := 0; i <= j; i++ {
			sum := r[i*n+j]
			a, b := r[i*n:(i+1)*n], r[j*n:(j+1)*n]
			for k := j + 1; k < n; k++ {
				sum -= float64(a[k] * b[k])
			}
			a[j] = sum
		}
		d := math.Sqrt(r[j*n+j])
		if !(d > 0) {
			return nil, errSingular
		}
		for i := 0; i <= j; i++ {
			r[i*n+j] /= d
		}
	}
	u := &triangle{n, make([]float64, n*n)}
	for i := n - 1; i >= 0; i-- { // row i of R·U = 1
		row := u.x[i*n : (i+1)*n]
		row[i] = 1
		for k := i + 1; k < n; k++ {
			if f := r[i*n+k]; f != 0 {
				for j := k; j < n; j++ {
					row[j] -= float64(f * u.x[k*n+j])
				}
			}
		}
		for j := i; j < n; j++ {
			row[j] /= r[i*n+i]
		}
	}
	return u, nil
}

// rows are what a layer multiplies its weights with.
type rows struct {
	groups, outputs, inputs, rows int // outputs and inputs of a group, rows of an item
	row                           func(to []float64, x []float32, group, row, from int)
	weight                        func(o, input int) int // where that of an output channel is
}

// rowsOf reads the inputs of a convolution of images, or of a linear layer.
func rowsOf(g *graph.Graph, n graph.Node) (rows, bool) {
	x, w := g.Values[n.Inputs[0]].Shape, g.Values[n.Inputs[1]].Shape
	linear := func(inputs, outputs int, weight func(o, k int) int) (rows, bool) {
		return rows{1, outputs, inputs, graph.Len(x) / inputs, func(to []float64, x []float32, _, row, from int) {
			for k := range to {
				to[k] = float64(x[row*inputs+from+k])
			}
		}, weight}, true
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		if len(x) != 4 {
			return rows{}, false
		}
		y := g.Values[n.Outputs[0]].Shape
		inputs, kernel := graph.Len(w[1:]), w[2]*w[3]
		return rows{op.Group, w[0] / op.Group, inputs, y[2] * y[3], func(to []float64, image []float32, group, row, from int) {
			top, left := row/y[3]*op.Strides[0]-op.Pads[0], row%y[3]*op.Strides[1]-op.Pads[1]
			for k := range to {
				c, at := (from+k)/kernel+group*w[1], (from+k)%kernel
				i, j := top+at/w[3]*op.Dilations[0], left+at%w[3]*op.Dilations[1]
				if to[k] = 0; i >= 0 && i < x[2] && j >= 0 && j < x[3] {
					to[k] = float64(image[(c*x[2]+i)*x[3]+j])
				}
			}
		}, func(o, k int) int { return o*inputs + k }}, true
	case graph.Gemm:
		if op.TransA || op.Alpha != 1 {
			return rows{}, false
		}
		if op.TransB {
			return linear(w[1], w[0], func(o, k int) int { return o*w[1] + k })
		}
		return linear(w[0], w[1], func(o, k int) int { return k*w[1] + o })
	case graph.MatMul:
		if len(w) != 2 || !slices.Equal(x[len(x)-1:], w[:1]) {
			return rows{}, false
		}
		return linear(w[0], w[1], func(o, k int) int { return k*w[1] + o })
	}
	return rows{}, false
}
