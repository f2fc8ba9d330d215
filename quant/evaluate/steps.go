package evaluate

import (
	"context"
	"errors"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// stepItems is on how many items the steps are compared by themselves: every element of them counts.
const stepItems = 4

// steps compares what each step of the integer engine makes of the simulation's values with what the
// simulation makes of them.
type steps struct {
	*detached
	engine, rounded *exec.Runner // the integer engine; the simulation with biases rounded as there
	seen            []difference // by step
	of              []int        // step of each output of the cut network
	read            [3][]float32 // room for an output in the simulation, on the integer engine, and rounded
	given           [][]float32  // and for the inputs of the cut network
}

// difference is what was seen of one step.
type difference struct {
	whole, rounded  report.Signal // against the simulation, against that with rounded biases
	unequal, length int
}

func newSteps(ctx context.Context, d *detached, p *engine.Pool) (*steps, error) {
	s := &steps{detached: d, seen: make([]difference, len(d.first))}
	producers := d.Producers()
	for _, v := range d.Outputs {
		s.of = append(s.of, d.step[producers[v]])
	}
	var err error
	quantized := graph.Quantize(d.Graph, d.quantizers).Graph
	if s.engine, err = exec.New(ctx, quantized, integer(p)); err != nil {
		return nil, err
	}
	if s.rounded, err = exec.New(ctx, quantized, exec.Config{RoundBias: true, Pool: p}); err != nil {
		return nil, errors.Join(err, s.engine.Close())
	}
	return s, nil
}

func (s *steps) close() { s.engine.Close(); s.rounded.Close() }

// compare gives the steps what the simulation has just computed from inputs.
func (s *steps) compare(ctx context.Context, simulation *exec.Runner, inputs [][]float32) error {
	s.given = slices.Grow(s.given[:0], len(s.Inputs))[:len(s.Inputs)]
	copy(s.given, inputs)
	for i, v := range s.sources {
		x := &s.given[len(inputs)+i]
		*x = simulation.Read(v, *x)
	}
	if err := errors.Join(s.engine.Run(ctx, s.given...), s.rounded.Run(ctx, s.given...)); err != nil {
		return err
	}
	clear(s.given[:len(inputs)]) // they are not ours
	for i, v := range s.Outputs {
		d, own := &s.seen[s.of[i]], s.Source[v]
		want, got := simulation.Read(own, s.read[0]), s.engine.ReadOutput(i, s.read[1])
		rounded := s.rounded.ReadOutput(i, s.read[2])
		s.read = [3][]float32{want, got, rounded}
		d.whole.Add(want, got)
		d.rounded.Add(rounded, got)
		d.length += len(want)
		for k := range want {
			if want[k] != got[k] && (want[k] == want[k] || got[k] == got[k]) {
				d.unequal++
			}
		}
	}
	return nil
}

// report describes the steps; forms are those of the nodes on the integer engine.
func (s *steps) report(forms []exec.Form) []report.Step {
	out := make([]report.Step, len(s.first))
	for i, d := range s.seen {
		n := s.whole.Nodes[s.first[i]]
		f := s.form(i, forms)
		out[i] = report.Step{
			Name: n.Name, Op: n.Op.Type(), Integer: f.Integer, Why: f.Why, SQNR: d.whole.SQNR(),
			Unequal: float64(d.unequal) / float64(max(d.length, 1)), Cause: s.cause(i, f),
		}
	}
	return out
}

// form is that of a step's first node on integers, or else of its first.
func (s *steps) form(step int, forms []exec.Form) exec.Form {
	for i, at := range s.step {
		if at == step && forms[i].Integer {
			return forms[i]
		}
	}
	return forms[s.first[step]]
}

// cause tells why a step differs from the simulation.
func (s *steps) cause(step int, f exec.Form) report.Cause {
	d := &s.seen[step]
	switch {
	case !f.Integer && f.Unplaced:
		return report.Placement
	case d.unequal == 0:
		return report.NoCause
	}
	quantized := false
	for i, n := range s.whole.Nodes {
		if s.step[i] != step {
			continue
		}
		for _, q := range s.quantizers {
			quantized = quantized || slices.Contains(n.Outputs, q.Value)
		}
		switch n.Op.(type) {
		case graph.AveragePool, graph.GlobalAveragePool:
			return report.PoolRounding
		case graph.Mul:
			if s.whole.Gate(n, s.whole.Producers()) >= 0 {
				return report.SplitSiLU
			}
		}
	}
	switch {
	case f.Why != "" && f.Integer:
		return report.BiasSaturation
	case d.rounded.SQNR() >= d.whole.SQNR()+halfNoise:
		return report.BiasRounding
	case quantized:
		return report.Requantization
	}
	return report.FloatSums
}

// halfNoise is how many dB half the noise is.
const halfNoise = 3
