package evidence

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"unsafe"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/merkle"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Probes is how many inputs a network is probed with.
const Probes = 2

// maxKept bounds the bytes of values that one run keeps for reading.
const maxKept = 64 << 20

// Memory is the bytes of a Probe where a Runner that keeps nothing takes plain, and one that keeps every value whole.
func Memory(plain, whole int64) int64 { return min(plain+maxKept, whole) }

// Layer is a step of the network: what the integer engine does in one go.
type Layer struct {
	Name  string // of its first node
	Nodes []int

	Weights      receipt.Fingerprint // of the codes of its quantized weights; empty where it has none
	WeightCount  int
	WeightDigest merkle.Hash

	Output       receipt.Fingerprint // of its value on the probes; empty before Probe
	OutputCount  int
	OutputDigest merkle.Hash

	end graph.ValueID
}

// Layers are the steps of a calibrated network with the codes of their weights, in the order of the
// network.
func Layers(c *calibrate.Calibrated) []Layer {
	var out []Layer
	index := map[graph.ValueID]int{} // by end
	quantized := c.Quantized(calibrate.All)
	for i, end := range graph.OfNodes(quantized, exec.Ends(quantized.Graph)) {
		at, ok := index[end]
		if !ok {
			at = len(out)
			index[end] = at
			out = append(out, Layer{Name: c.Layer(i), end: end})
		}
		out[at].Nodes = append(out[at].Nodes, i)
	}
	owner := make(map[graph.ValueID]int) // of a constant, the first layer that reads it
	for i := len(out) - 1; i >= 0; i-- {
		for _, n := range out[i].Nodes {
			for _, v := range c.Graph.Nodes[n].Inputs {
				owner[v] = i
			}
		}
	}
	sums := make([]*summary, len(out))
	for k, q := range c.Quantizers {
		t := c.Graph.Values[q.Value].Const
		i, read := owner[q.Value]
		if t == nil || !read || !c.Params[k].Grid.Whole() {
			continue
		}
		codes := make([]int32, len(t.F))
		c.Params[k].Quantize(codes, t.F, t.Shape, c.Recipe.Rule)
		if sums[i] == nil {
			sums[i] = newSummary()
		}
		sums[i].params(c.Params[k])
		sums[i].codes(codes, width(c.Params[k]))
	}
	for i, s := range sums {
		if s != nil {
			out[i].Weights, out[i].WeightDigest, out[i].WeightCount = s.print.Sum(), s.digest(), s.print.Len()
		}
	}
	return out
}

// Probe runs the network on the integer engine on inputs made of seed and completes its layers. The
// result is the same on every machine and with any pool.
func Probe(ctx context.Context, c *calibrate.Calibrated, layers []Layer, seed uint64, pool *engine.Pool) error {
	g := c.Quantized(calibrate.All).Graph
	stored := exec.Codes(g)
	sums := make([]*summary, len(layers))
	dot := call.DotI16
	if !pool.Scalar() {
		dot = engine.ProbeDot()
	}
	for from := 0; from < len(layers); {
		// As many layers at a time as may be kept.
		var keep []graph.ValueID
		to, kept := from, 0
		for ; to < len(layers); to++ {
			kept += 4 * graph.Len(c.Graph.Values[layers[to].end].Shape)
			if to > from && kept > maxKept {
				break
			}
			keep = append(keep, layers[to].end)
			sums[to] = newSummary()
		}
		if err := probe(ctx, c, g, exec.Config{Keep: keep, Integer: true, Dot: dot, Pool: pool}, seed, func(r *exec.Runner) {
			for i := from; i < to; i++ {
				sums[i].value(r.Value(layers[i].end), stored[layers[i].end])
			}
		}); err != nil {
			return err
		}
		from = to
	}
	for i, s := range sums {
		layers[i].Output, layers[i].OutputDigest, layers[i].OutputCount = s.print.Sum(), s.digest(), s.print.Len()
	}
	return nil
}

// probe shows the values of each probe in a run of g, which is c quantized.
func probe(ctx context.Context, c *calibrate.Calibrated, g *graph.Graph, config exec.Config, seed uint64, show func(*exec.Runner)) error {
	r, err := exec.New(ctx, g, config)
	if err != nil {
		return err
	}
	defer r.Close()
	for k := range Probes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.Run(ctx, Inputs(c, seed, k)...); err != nil {
			return err
		}
		show(r)
	}
	return nil
}

// Inputs makes probe k: every element anywhere in the Span of its input. The numbers are those of PCG-DXSM
// seeded with (seed, k), one input after the other.
func Inputs(c *calibrate.Calibrated, seed uint64, k int) [][]float32 {
	r := rand.New(rand.NewPCG(seed, uint64(k)))
	var out [][]float32
	for _, v := range c.Graph.Inputs {
		lo, hi := Span(c, v)
		x := make([]float32, graph.Len(c.Graph.Values[v].Shape))
		for i := range x {
			u := float32(r.Uint64()>>40) / (1 << 24)
			x[i] = float32(u*float32(hi-lo)) + lo
		}
		out = append(out, x)
	}
	return out
}

// Span is the range of an input's quantizer, or −1 to 1 where the input has none.
func Span(c *calibrate.Calibrated, input graph.ValueID) (lo, hi float32) {
	lo, hi = -1, 1
	for i, q := range c.Quantizers {
		if q.Value == input && c.Params[i].Axis < 0 {
			lo, hi = c.Params[i].Reach(0)
		}
	}
	return lo, hi
}

// summary collects what a layer made, for its fingerprint and its digest.
type summary struct {
	print *receipt.Printer
	*leaf
}

func newSummary() *summary { return &summary{receipt.NewPrinter(), newLeaf()} }

// params adds the numbers of a weight's quantizer.
func (s *summary) params(p scheme.QParams) {
	b := fmt.Appendf(nil, "%d %d %d %d %s\n", len(p.Scale), p.Axis, p.QMin, p.QMax, p.Grid)
	if p.Block > 0 {
		b = fmt.Appendf(b, "blocks of %d along %d\n", p.Block, p.Along)
	}
	for i := range p.Scale {
		b = binary.LittleEndian.AppendUint32(b, bits(p.Scale[i]))
		b = binary.LittleEndian.AppendUint32(b, uint32(p.ZeroPoint[i]))
	}
	s.Write(b)
}

// codes adds codes of some bits.
func (s *summary) codes(codes []int32, bits int) {
	s.print.Add(codes, bits)
	s.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(codes))))
	s.Write(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(codes))), 4*len(codes))) // all machines of ours are little endian
}

// value adds a layer's value: its codes where the engine stores it as such, else its floats, as integers
// of which neighbours are neighbouring floats.
func (s *summary) value(x []float32, q *exec.Quant) {
	codes := make([]int32, len(x))
	if q != nil {
		q.Params.Quantize(codes, x, []int{len(x)}, scheme.ONNX)
		s.codes(codes, width(q.Params))
		return
	}
	for i, v := range x {
		if codes[i] = int32(bits(v)); codes[i] < 0 {
			codes[i] = -(codes[i] & 0x7fffffff)
		}
	}
	s.codes(codes, 32)
}

// width is how many bits the codes of a quantizer take.
func width(p scheme.QParams) int {
	if p.QMin >= -128 && p.QMax <= 255 {
		return 8
	}
	return 16
}

// leaves are digests of layers, of those that have one.
func leaves(layers []Layer, of func(Layer) (merkle.Hash, bool)) []merkle.Hash {
	var out []merkle.Hash
	for _, l := range layers {
		if h, ok := of(l); ok {
			out = append(out, h)
		}
	}
	return slices.Clip(out)
}

// WeightRoot stands for the codes of all weights.
func WeightRoot(layers []Layer) merkle.Hash {
	return merkle.Root(leaves(layers, func(l Layer) (merkle.Hash, bool) { return l.WeightDigest, l.Weights != "" }))
}

// OutputRoot stands for all layers' values on the probes.
func OutputRoot(layers []Layer) merkle.Hash {
	return merkle.Root(leaves(layers, func(l Layer) (merkle.Hash, bool) { return l.OutputDigest, l.Output != "" }))
}
