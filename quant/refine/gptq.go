package refine

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// GPTQ (Frantar et al., arXiv 2210.17323) rounds the weights of a layer one input after the other, and lets those that are
// not rounded yet take up the error, as the inverse of the Hessian says of the squared error of the layer's output,
// 2·Σ x·xᵀ over what the float network gives it. Nothing is iterated, and how a layer is rounded depends on no other layer.

const (
	gptqDamp    = 0.01    // of the mean of the Hessian's diagonal, added to it
	gptqBlock   = 512     // inputs that take up each other's errors: the time grows with the cube
	gptqSamples = 8       // for each input of a block, of which there are enough then
	gptqLeast   = 256     // samples of a block of few inputs
	gptqPiece   = 1 << 20 // numbers of them that are multiplied at a time
)

// gptq rounds all layers that known does not have, first to last: the float network runs once, stretch by stretch between
// those of which known does not have either what they are given.
func (rc *reconstruction) gptq(ctx context.Context, known *Rounded, progress func(done, total int)) error {
	g := rc.c.Graph
	readers, all := g.Consumers(), map[int]graph.ValueID{}
	for _, u := range rc.parts() {
		for _, v := range u.weights {
			all[readers[v][0]] = v
		}
	}
	float := *rc.c
	float.Graph, float.Quantizers, float.Params = rc.c.Float, nil, nil
	given, find := givenOf{items: walked(float.Graph, rc.items.Len)}, map[int]roundedOf{}
	for node, v := range all {
		i := rc.quantizer(v)
		given.weight = g.Values[v].Name
		key := roundedOf{given, fmt.Sprint(rc.c.Quantizers[i].Quantizer, rc.c.Params[i])}
		if x, ok := known.weights[key]; ok {
			copy(rc.own(v), x)
		} else {
			find[node] = key
		}
	}
	var w *walk
	givenTo := func(node int) ([][]float32, error) { // what the items give a layer
		if w == nil {
			var err error
			if w, err = newWalk(&float, rc.items, rc.workers); err != nil {
				return nil, err
			}
		}
		if err := w.to(ctx, node); err != nil {
			return nil, err
		}
		var x [][]float32
		for _, held := range w.held {
			x = append(x, held[g.Nodes[node].Inputs[0]])
		}
		return x, nil
	}
	for k, node := range slices.Sorted(maps.Keys(find)) {
		key := find[node]
		if err := rc.gptqLayer(ctx, g.Nodes[node], all[node], known, key.givenOf, func() ([][]float32, error) { return givenTo(node) }); err != nil {
			return err
		}
		known.addWeights(key, g.Values[all[node]].Const.F)
		progress(k+1, len(find))
	}
	return nil
}

// gptqLayer rounds the weight v of a layer; what the items give the layer is asked for where known has not what is made of
// it. Transposed convolutions keep the nearest codes.
func (rc *reconstruction) gptqLayer(ctx context.Context, node graph.Node, v graph.ValueID, known *Rounded, of givenOf, given func() ([][]float32, error)) error {
	g := rc.c.Graph
	read, ok := rowsOf(g, node)
	if !ok || g.Values[node.Inputs[0]].Const != nil {
		return nil
	}
	p, x := rc.c.Params[rc.quantizer(v)], rc.own(v)
	scale := make([]int32, len(x)) // of each weight
	for c, run := range p.Groups(g.Values[v].Shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			scale[i] = int32(c)
		}
	}
	use := func(from, group int, u *triangle) {
		for o := group * read.outputs; o < (group+1)*read.outputs; o++ {
			round(x, func(k int) int { return read.weight(o, from+k) }, u, p, scale)
		}
	}
	if all := known.inverses[of]; all != nil {
		for k, u := range all {
			use(k/read.groups*gptqBlock, k%read.groups, u)
		}
		return nil
	}
	rows, err := given()
	if err != nil {
		return err
	}
	var found []*triangle
	bytes := 0
	for from := 0; from < read.inputs; from += gptqBlock {
		to := min(from+gptqBlock, read.inputs)
		err := rc.hessians(ctx, read, rows, from, to, func(group int, h *hessian) error {
			u, err := h.inverse()
			if err != nil {
				return err
			}
			use(from, group, u)
			if bytes += 8 * len(u.x); bytes <= mostRounded/2 {
				found = append(found, u)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if bytes <= mostRounded/2 {
		known.addInverses(of, found)
	}
	return nil
}

// hessians gives that of each group of a layer, of inputs from up to and without to, over samples of what the items give it.
func (rc *reconstruction) hessians(ctx context.Context, read rows, given [][]float32, from, to int, see func(group int, h *hessian) error) error {
	n, all := to-from, len(given)*read.rows
	every := max(all/(gptqSamples*n+gptqLeast), 1) // rows that stand for so many
	samples := (all + every - 1) / every
	piece := min(max(gptqPiece/n, 1), samples)
	together := min(max(gptqPiece/(n*max(n, piece)), 1), read.groups) // whose products take no more room than they
	products, err := newProducts(ctx, together, piece, n, rc.threads)
	if err != nil {
		return err
	}
	defer products.run.Close()
	for first := 0; first < read.groups; first += together {
		groups := min(together, read.groups-first)
		sums := make([]*hessian, groups)
		for k := range sums {
			sums[k] = newHessian(n)
		}
		for begin := 0; begin < samples; begin += piece {
			clear(products.x)
			for k := range groups {
				for s := begin; s < min(begin+piece, samples); s++ {
					i := s * every
					at := (k*piece + s - begin) * n
					read.row(products.x[at:at+n], given[i/read.rows], first+k, i%read.rows, from)
				}
			}
			if err := products.add(ctx, sums); err != nil {
				return err
			}
		}
		for k, h := range sums {
			if err := see(first+k, h); err != nil {
				return err
			}
		}
	}
	return nil
}

// products multiply matrices by themselves, on the kernels.
type products struct {
	run *exec.Runner
	x   []float32 // to multiply: rows of each matrix
	n   int       // columns
}

// newProducts are of so many matrices at a time, all of one size.
func newProducts(ctx context.Context, matrices, rows, columns int, threads *engine.Pool) (*products, error) {
	b := graph.NewBuilder("products")
	x := b.Input("x", graph.Float32, matrices, rows, columns)
	g, err := b.Done(b.Node("product", graph.MatMul{}, b.Node("turned", graph.Transpose{Perm: []int{0, 2, 1}}, x), x))
	if err != nil {
		return nil, err
	}
	run, err := exec.New(ctx, g, exec.Config{Pool: threads})
	return &products{run, make([]float32, matrices*rows*columns), columns}, err
}

// add adds xᵀ·x of each matrix.
func (p *products) add(ctx context.Context, to []*hessian) error {
	if err := p.run.Run(ctx, p.x); err != nil {
		return err
	}
	y := p.run.Output(0)
	for k, h := range to {
		for i, v := range y[k*p.n*p.n : (k+1)*p.n*p.n] {
			h.x[i] += float64(v)
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
		row := u.x[k*u.n+k : (k+1)*u.n]
		less(rest[k+1:], (x-rounded)/row[0], row[1:])
	}
}

// rows are what a layer multiplies its weights with.
type rows struct {
	groups, outputs, inputs, rows int // outputs and inputs of a group, rows of an item
	row                           func(to, x []float32, group, row, from int)
	weight                        func(o, input int) int // where that of an output channel is
}

// rowsOf reads the inputs of a convolution of images, or of a linear layer.
func rowsOf(g *graph.Graph, n graph.Node) (rows, bool) {
	x, w := g.Values[n.Inputs[0]].Shape, g.Values[n.Inputs[1]].Shape
	linear := func(inputs, outputs int, weight func(o, k int) int) (rows, bool) {
		return rows{1, outputs, inputs, graph.Len(x) / inputs, func(to, x []float32, _, row, from int) {
			copy(to, x[row*inputs+from:])
		}, weight}, true
	}
	switch op := n.Op.(type) {
	case graph.Conv:
		if len(x) != 4 {
			return rows{}, false
		}
		y := g.Values[n.Outputs[0]].Shape
		inputs, kernel := graph.Len(w[1:]), w[2]*w[3]
		return rows{op.Group, w[0] / op.Group, inputs, y[2] * y[3], func(to, image []float32, group, row, from int) {
			top, left := row/y[3]*op.Strides[0]-op.Pads[0], row%y[3]*op.Strides[1]-op.Pads[1]
			c, v, h := from/kernel+group*w[1], from%kernel/w[3], from%w[3]         // channel and place in the kernel
			if kernel == 1 && top >= 0 && top < x[2] && left >= 0 && left < x[3] { // one number of each channel
				at := image[(c*x[2]+top)*x[3]+left:]
				for k := range to {
					to[k] = at[k*x[2]*x[3]]
				}
				return
			}
			for k := range to {
				i, j := top+v*op.Dilations[0], left+h*op.Dilations[1]
				if to[k] = 0; i >= 0 && i < x[2] && j >= 0 && j < x[3] {
					to[k] = image[(c*x[2]+i)*x[3]+j]
				}
				if h++; h == w[3] {
					h, v = 0, v+1
				}
				if v == w[2] {
					v, c = 0, c+1
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
