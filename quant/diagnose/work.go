package diagnose

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
)

// maxHeld bounds the bytes of activations that are kept to start runs from.
const maxHeld = 256 << 20

// work is measurements at the network's output, one after the other.
type work struct {
	o           Options
	started     time.Time
	done, total int
	least       int       // measurements that are made however short the time is
	end         time.Time // when others are cut off; zero: never

	mu    sync.Mutex
	cost  float64 // multiplications of what is done
	spent time.Duration
}

// part is one measurement to make: of a layer, on the part of the network that it concerns.
type part struct {
	layer *Layer
	graph *graph.Part       // nil where the answers do not depend on it
	on    []graph.Quantizer // those that are on in it
	cost  float64
}

// measure makes the measurements of one kind in the order of the layers, as far as the time allows.
func (w *work) measure(ctx context.Context, m *meter, layers []*Layer, k kind) error {
	var parts []part
	for _, l := range layers {
		if k.concerns(l) && *k.outcome(l) == nil {
			p, err := m.part(l, k)
			if err != nil {
				return err
			}
			parts = append(parts, p)
		}
	}
	for len(parts) > 0 && !w.over(w.done) {
		n := m.fitting(parts)
		if err := w.group(ctx, m, parts[:n], parts, k); err != nil {
			return err
		}
		parts = parts[n:]
	}
	return nil
}

// over tells whether nothing further may begin when so many measurements are made.
func (w *work) over(done int) bool {
	return done >= w.least && w.o.Time > 0 && time.Since(w.started) >= w.o.Time
}

// part cuts out what the quantizers of a unit concern.
func (m *meter) part(l *Layer, k kind) (part, error) {
	c := m.c
	mine := k.quantizers(l.Unit)
	producers := c.Graph.Producers()
	roots := []int{l.Node}
	for _, i := range mine {
		if q := c.Quantizers[i]; !q.Weight && producers[q.Value] >= 0 {
			roots = append(roots, producers[q.Value])
		}
	}
	p := part{layer: l}
	var err error
	if p.graph, err = behind(c.Graph, m.steps, roots, c.Graph.Outputs[0]); p.graph == nil {
		return p, err
	}
	from, to := c.Float, c.Graph
	if k == spared {
		from, to = to, from
	}
	own := map[graph.ValueID]bool{} // constants that quantization may have made others of
	for _, n := range l.nodes {
		for _, v := range c.Graph.Nodes[n].Inputs {
			own[v] = k != activationsAlone
		}
	}
	for v, source := range p.graph.Source {
		constant := from.Values[source].Const
		if own[source] {
			constant = to.Values[source].Const
		}
		if p.graph.Values[v].Const != nil {
			p.graph.Values[v].Const = constant
		}
	}
	for _, n := range p.graph.Nodes {
		p.cost += costOf(p.graph.Graph, n)
	}
	on := c.FakeQuantizers(func(i int) bool { return slices.Contains(mine, i) == (k != spared) })
	p.on = slices.DeleteFunc(p.graph.Quantizers(on), func(q graph.Quantizer) bool { // what other nodes made is quantized already
		return slices.Contains(p.graph.Inputs, q.Value) && !slices.Contains(c.Graph.Inputs, p.graph.Source[q.Value])
	})
	return p, nil
}

// reads are the values that a part starts from and that the network makes.
func (m *meter) reads(p part) []graph.ValueID {
	var reads []graph.ValueID
	if p.graph != nil {
		for _, v := range p.graph.Inputs {
			if v = p.graph.Source[v]; !slices.Contains(m.c.Graph.Inputs, v) {
				reads = append(reads, v)
			}
		}
	}
	return reads
}

// fitting is how many of the parts, at least one, start from values that can be kept at a time.
func (m *meter) fitting(parts []part) int {
	kept := map[graph.ValueID]bool{}
	bytes := 0
	for i, p := range parts {
		for _, v := range m.reads(p) {
			if !kept[v] {
				kept[v] = true
				bytes += 4 * graph.Len(m.c.Graph.Values[v].Shape) * m.items.Len
			}
		}
		if bytes > maxHeld && i > 0 {
			return i
		}
	}
	return len(parts)
}

// group runs the network once on every item, and the parts on what it made.
func (w *work) group(ctx context.Context, m *meter, parts, all []part, k kind) error {
	var keep []graph.ValueID
	for _, p := range parts {
		keep = append(keep, m.reads(p)...)
	}
	held, err := m.hold(ctx, unique(keep), k)
	if err != nil {
		return err
	}
	within, cancel := until(ctx, w.end)
	defer cancel()
	before, remaining := w.done, 0.0
	for _, p := range all {
		remaining += p.cost
	}
	return each(m.workers, len(parts), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.over(before + i) {
			return nil
		}
		began, bound := time.Now(), within
		if before+i < w.least {
			bound = ctx
		}
		o, err := m.run(bound, parts[i], held, k)
		if late(ctx, err) {
			return nil
		}
		if err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		l := parts[i].layer
		*k.outcome(l) = &o
		w.done++
		w.cost += parts[i].cost
		w.spent += time.Since(began)
		remaining -= parts[i].cost
		if w.o.Progress != nil {
			w.o.Progress(w.done, w.total, w.leftOf(m, remaining), l)
		}
		return nil
	})
}

// until is ctx that ends at a time, if that is not zero.
func until(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	if end.IsZero() {
		return context.WithCancel(ctx)
	}
	bounded, cancel := context.WithDeadline(ctx, end)
	return clocked{bounded, end}, cancel
}

// clocked looks at the clock when it is asked: in a browser no timer fires while the engine computes.
type clocked struct {
	context.Context
	end time.Time
}

// Err is why it has ended.
func (c clocked) Err() error {
	if err := c.Context.Err(); err != nil || time.Now().Before(c.end) {
		return err
	}
	return context.DeadlineExceeded
}

// late tells that what was begun under ctx failed because its time was over, and not ctx itself.
func late(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
}

// leftOf estimates the time that multiplications take.
func (w *work) leftOf(m *meter, cost float64) time.Duration {
	left := time.Duration(0)
	if w.cost > 0 {
		left = time.Duration(float64(w.spent) / w.cost * cost / float64(m.workers))
	}
	if w.o.Time > 0 {
		left = min(left, max(w.o.Time-time.Since(w.started), 0))
	}
	return left
}

// hold runs the whole network, in float or spared quantized, and keeps values of every item.
func (m *meter) hold(ctx context.Context, keep []graph.ValueID, k kind) ([]map[graph.ValueID][]float32, error) {
	held := make([]map[graph.ValueID][]float32, m.items.Len)
	if len(keep) == 0 {
		return held, nil
	}
	g, config := m.c.Float, exec.Config{Keep: keep, Pool: m.items.Pool}
	if k == spared {
		g = m.c.Quantized(calibrate.All).Graph
	}
	return held, pool.Show(ctx, g, config, m.workers, m.items.Len, m.items.Inputs, func(r *exec.Runner, item int) {
		held[item] = map[graph.ValueID][]float32{}
		for _, v := range keep {
			held[item][v] = r.Value(v)
		}
	}, func(int) {})
}

// run measures one part on all items.
func (m *meter) run(ctx context.Context, p part, held []map[graph.ValueID][]float32, k kind) (Outcome, error) {
	t := tally{offset: m.c.Recipe.Data.ClassOffset}
	if p.graph == nil {
		base := m.float
		if k == spared {
			base = m.quantized
		}
		for item, x := range base {
			t.add(m.float[item], x, m.items.Label(item))
		}
		return t.outcome(), nil
	}
	r, err := exec.New(ctx, graph.Quantize(p.graph.Graph, p.on).Graph, exec.Config{Pool: m.items.Pool})
	if err != nil {
		return Outcome{}, err
	}
	defer r.Close()
	for item := range held {
		if err := ctx.Err(); err != nil {
			return Outcome{}, err
		}
		given := make([][]float32, len(p.graph.Inputs))
		var inputs [][]float32
		for i, v := range p.graph.Inputs {
			v = p.graph.Source[v]
			if at := slices.Index(m.c.Graph.Inputs, v); at >= 0 {
				if inputs == nil {
					if inputs, err = m.items.Inputs(item); err != nil {
						return Outcome{}, err
					}
				}
				given[i] = inputs[at]
			} else {
				given[i] = held[item][v]
			}
		}
		if err := r.Run(ctx, given...); err != nil {
			return Outcome{}, err
		}
		t.add(m.float[item], r.Output(0), m.items.Label(item))
	}
	return t.outcome(), nil
}

// costOf is the multiplications of a node, or about what others than products take.
func costOf(g *graph.Graph, n graph.Node) float64 {
	values := func(ids []graph.ValueID) []graph.Value {
		list := make([]graph.Value, len(ids))
		for i, v := range ids {
			if v != graph.None {
				list[i] = g.Values[v]
			}
		}
		return list
	}
	out := values(n.Outputs)[0]
	if m, ok := n.Op.(graph.Multiplier); ok {
		return float64(m.Products(values(n.Inputs), out))
	}
	return float64(graph.Len(out.Shape))
}

// each calls do for 0 to n-1, with several workers at a time, and gives the error of the lowest that
// failed; none begins after that.
func each(workers, n int, do func(i int) error) error {
	if workers = min(workers, n); workers <= 1 {
		for i := range n {
			if err := do(i); err != nil {
				return err
			}
		}
		return nil
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	next, failed, first := 0, n, error(nil)
	for range workers {
		wait.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := i >= n || first != nil
				mu.Unlock()
				if stop {
					return
				}
				if err := do(i); err != nil {
					mu.Lock()
					if i < failed {
						failed, first = i, err
					}
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return first
}
