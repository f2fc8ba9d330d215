package evaluate

import (
	"context"
	"errors"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/ref"
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
	comparer        *exec.Comparer
	seen            []ref.Moments // by step, of the simulation, that with rounded biases, and the integer engine
	length          []int         // by step, of what its outputs have in numbers
	items           int           // that were seen
	given           [][]float32   // room for the inputs of the cut network
}

// newSteps makes the steps of a network whose simulation runs as given.
func newSteps(ctx context.Context, d *detached, simulation *exec.Runner, p *engine.Pool) (*steps, error) {
	s := &steps{detached: d, seen: make([]ref.Moments, len(d.first)), length: make([]int, len(d.first))}
	var err error
	quantized := graph.Quantize(d.Graph, d.quantizers).Graph
	if s.engine, err = exec.New(ctx, quantized, integer(p)); err != nil {
		return nil, err
	}
	if s.rounded, err = exec.New(ctx, quantized, exec.Config{RoundBias: true, Pool: p}); err != nil {
		return nil, errors.Join(err, s.engine.Close())
	}
	var compare []exec.Compared
	producers := d.Producers()
	for i, v := range d.Outputs {
		step := d.step[producers[v]]
		s.length[step] += graph.Len(d.Values[v].Shape)
		compare = append(compare, exec.Compared{Values: [3]graph.ValueID{d.Source[v], quantized.Outputs[i], quantized.Outputs[i]}, Sum: step})
	}
	if s.comparer, err = exec.NewComparer([3]*exec.Runner{simulation, s.rounded, s.engine}, compare, len(s.seen), p); err != nil {
		return nil, errors.Join(err, s.engine.Close(), s.rounded.Close())
	}
	return s, nil
}

func (s *steps) close() { s.comparer.Close(); s.engine.Close(); s.rounded.Close() }

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
	s.items++
	return s.comparer.Add(ctx, [3]*exec.Runner{simulation, s.rounded, s.engine}, s.seen)
}

// report describes the steps; forms are those of the nodes on the integer engine.
func (s *steps) report(forms []exec.Form) []report.Step {
	out := make([]report.Step, len(s.first))
	for i, m := range s.seen {
		n := s.whole.Nodes[s.first[i]]
		f := s.form(i, forms)
		out[i] = report.Step{
			Name: n.Name, Op: n.Op.Type(), Integer: f.Integer, Why: f.Why, SQNR: report.Runs(m).IntegerSQNR(),
			Unequal: float64(m.Apart) / float64(max(s.items*s.length[i], 1)), Cause: s.cause(i, f),
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
	seen := report.Runs(s.seen[step])
	switch {
	case !f.Integer && f.Unplaced:
		return report.Placement
	case seen.Apart == 0:
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
	case seen.SimulationSQNR() >= seen.IntegerSQNR()+halfNoise:
		return report.BiasRounding
	case quantized:
		return report.Requantization
	}
	return report.FloatSums
}

// halfNoise is how many dB half the noise is.
const halfNoise = 3
