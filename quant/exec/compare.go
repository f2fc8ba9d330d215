package exec

import (
	"context"
	"errors"
	"math"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Comparer adds up how values of three Runners differ, as ref.Moments does over their elements in ONNX order. It has an
// engine of its own, to which it copies their buffers, so that workers add while others run. It is for one goroutine at a
// time.
type Comparer struct {
	eng   *engine.Engine
	parts []part
	room  []byte // for the sums, which lie at address 0
}

// Compared are values of the three Runners, of one shape, and the index of the sums that they are added to.
type Compared struct {
	Values [3]graph.ValueID
	Sum    int
}

// part is what is compared at a time: the buffers that are copied, and the program for them.
type part struct {
	copies  []copied
	program uint32
	offsets []uint32
}

// copied is a buffer of one of the three Runners, or a constant, and its address here.
type copied struct {
	side  int
	place Place
	to    uint32
}

// copiedBytes is how many bytes of buffers are copied at a time, unless those of one value are more.
const copiedBytes = 8 << 20

// NewComparer makes a Comparer of so many sums for Runners laid out as those given are, which keep the values.
func NewComparer(like [3]*Runner, compared []Compared, sums int, pool *engine.Pool) (*Comparer, error) {
	c := &Comparer{room: make([]byte, sums*f32.MomentsBytes)}
	l := comparison{like: like, buffers: aligned(len(c.room))}
	l.measure(compared)
	var program []byte
	var all []call.Call
	for len(compared) > 0 {
		p, calls, n := l.part(compared)
		encoded, offsets := call.Encode(calls)
		p.program, p.offsets = uint32(l.end+len(program)), offsets
		c.parts, program = append(c.parts, p), append(program, encoded...)
		compared, all = compared[n:], append(all, calls...)
	}
	bytes := l.end + len(program)
	if bytes > math.MaxUint32 {
		return nil, errors.New("a value of the network is too large for layers to be compared: give it smaller inputs")
	}
	var err error
	if c.eng, err = engine.New(kernels.Module(call.Used(all), pool.Shared()), uint32(bytes), pool); err != nil {
		return nil, err
	}
	c.eng.Write(uint32(l.end), program)
	return c, nil
}

// Add adds to the sums what the Runners made of the values in their last run. When ctx ends it returns ctx's error, and
// the sums are as they were.
func (c *Comparer) Add(ctx context.Context, of [3]*Runner, sums []ref.Moments) error {
	for i, s := range sums {
		f32.PutMoments(c.room[i*f32.MomentsBytes:], s)
	}
	c.eng.Write(0, c.room)
	for _, p := range c.parts {
		for _, b := range p.copies {
			if b.place.Constant != nil {
				c.eng.WriteU32(b.to, b.place.Constant)
			} else {
				c.eng.Copy(b.to, of[b.side].eng, b.place.At, b.place.Layout.Size())
			}
		}
		if err := c.eng.RunUntil(ctx, p.program, p.offsets); err != nil {
			return err
		}
	}
	c.eng.Read(0, c.room)
	for i := range sums {
		sums[i] = f32.GetMoments(c.room[i*f32.MomentsBytes:])
	}
	return nil
}

// Close frees the memory.
func (c *Comparer) Close() error { return c.eng.Close() }

// comparison lays a Comparer's memory out, by addresses: sums, buffers, a value of each Runner in ONNX order, the floats of
// codes before they are in order, programs.
type comparison struct {
	like                           [3]*Runner
	buffers, ordered, decoded, end int
	longest                        int // bytes of a value's floats
}

func (l *comparison) measure(compared []Compared) {
	room := 0
	for _, v := range compared {
		places := l.places(v)
		room = max(room, bytesOf(places))
		l.longest = max(l.longest, aligned(plan.Elem*graph.Len(places[0].Layout.Shape)))
	}
	l.ordered = l.buffers + max(room, copiedBytes)
	l.decoded = l.ordered + 3*l.longest
	l.end = l.decoded + l.longest
}

// places are those of a value. A constant lies in ONNX order.
func (l *comparison) places(v Compared) (places [3]Place) {
	for side, r := range l.like {
		places[side] = *r.image.Values[v.Values[side]]
		if c := places[side].Constant; c != nil {
			places[side].Layout, _ = plan.NewLayout(0, []int{len(c)}, plan.InOrder, plan.Halo{}, plan.Elem)
		}
	}
	return places
}

func bytesOf(places [3]Place) (n int) {
	for _, p := range places {
		n += aligned(p.Layout.Size())
	}
	return n
}

// aligned rounds up to whole vectors.
func aligned(bytes int) int { return (bytes + 15) &^ 15 }

// part is of the first n values, of which the buffers fit.
func (l *comparison) part(compared []Compared) (p part, calls []call.Call, n int) {
	at := l.buffers
	for _, v := range compared {
		places := l.places(v)
		if n > 0 && at+bytesOf(places) > l.ordered {
			break
		}
		n++
		if graph.Len(places[0].Layout.Shape) == 0 {
			continue
		}
		var from [3]uint32
		for side, place := range places {
			p.copies = append(p.copies, copied{side, place, uint32(at)})
			var order []call.Call
			from[side], order = l.order(side, place, uint32(at))
			calls = append(calls, order...)
			at += aligned(place.Layout.Size())
		}
		calls = append(calls, f32.Moments{A: from[0], B: from[1], C: from[2], N: graph.Len(places[0].Layout.Shape),
			To: uint32(v.Sum * f32.MomentsBytes)}.Call())
	}
	return p, calls, n
}

// order puts a buffer at x in ONNX order, as floats, and tells where they are.
func (l *comparison) order(side int, p Place, x uint32) (at uint32, calls []call.Call) {
	lay := p.Layout
	if lay.Width == plan.Elem && lay.Ordered() {
		return x, nil
	}
	at, x = uint32(l.ordered+side*l.longest), x+uint32(lay.Offset)
	strides := plan.Strides(lay.Shape)
	if lay.Width == plan.Elem {
		return at, []call.Call{f32.Copy{X: x, Y: at, Shape: lay.Shape, XStrides: lay.Stride, YStrides: strides}.Call()}
	}
	decode := q8.Dequantize{Signed: l.like[side].image.Dot.Signed(), C: 1, X: x, Y: at, Shape: lay.Shape, XStrides: lay.Stride, YStrides: strides,
		Scale: p.Scale, Zero: p.Zero}
	if lay.Ordered() {
		return at, []call.Call{decode.Call()}
	}
	floats, _ := plan.NewLayout(0, lay.Shape, lay.Order, plan.Halo{}, plan.Elem)
	decode.Y, decode.YStrides = uint32(l.decoded), floats.Stride
	return at, []call.Call{decode.Call(), f32.Copy{X: decode.Y, Y: at, Shape: lay.Shape, XStrides: floats.Stride, YStrides: strides}.Call()}
}
