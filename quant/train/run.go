package train

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// Trainer takes steps. Batches of another size than the last one's get a program of their own, to which the
// parameters move. It is not safe for use by several goroutines.
type Trainer struct {
	c    *calibrate.Calibrated
	cfg  Config
	pool *engine.Pool
	keep func(*Step) []graph.ValueID

	programs map[int]*program // by batch
	now      *program         // which holds the parameters
}

// program is a step that runs.
type program struct {
	*Step
	run *exec.Runner
}

// RunConfig is how a graph runs that carries parameters on.
func RunConfig(params []Parameter, p *engine.Pool) exec.Config {
	c := exec.Config{Pool: p}
	for _, x := range params {
		c.Params = append(c.Params, x.Value)
		if x.Next != graph.None {
			c.Updates = append(c.Updates, exec.Update{Param: x.Value, From: x.Next})
		}
	}
	return c
}

// New makes a trainer of a calibrated network.
func New(c *calibrate.Calibrated, cfg Config, pool *engine.Pool) *Trainer {
	return &Trainer{c: c, cfg: cfg, pool: pool, programs: map[int]*program{}}
}

// at readies the program for a batch of n.
func (t *Trainer) at(ctx context.Context, n int) error {
	p := t.programs[n]
	if p == nil {
		s, err := NewStep(t.c, t.cfg, n)
		if err != nil {
			return err
		}
		c := RunConfig(s.Params, t.pool)
		if t.keep != nil {
			c.Keep = t.keep(s)
		}
		run, err := exec.New(ctx, s.Graph, c)
		if err != nil {
			return fmt.Errorf("quant/train: %w", err)
		}
		p = &program{s, run}
		t.programs[n] = p
	}
	if p == t.now {
		return nil
	}
	for i, x := range p.Params {
		values := x.Start
		if t.now != nil {
			values = t.now.run.Get(t.now.Params[i].Value)
		}
		if values == nil {
			values = make([]float32, graph.Len(p.Graph.Values[x.Value].Shape))
		}
		if err := p.run.Set(x.Value, values); err != nil {
			return err
		}
	}
	t.now = p
	return nil
}

// Step trains on n items: the network's inputs for all of them, their targets [n,K] and, with Distill, what the
// float network answers [n,K]. It gives the loss before the update and the logits.
func (t *Trainer) Step(ctx context.Context, n int, rate float32, inputs [][]float32, target, teacher []float32) (loss float32, logits []float32, err error) {
	if err := t.at(ctx, n); err != nil {
		return 0, nil, err
	}
	all := append(append([][]float32(nil), inputs...), target)
	if t.cfg.Distill > 0 {
		all = append(all, teacher)
	}
	if err := t.now.run.Run(ctx, append(all, []float32{rate})...); err != nil {
		return 0, nil, fmt.Errorf("quant/train: %w", err)
	}
	return t.now.run.Output(0)[0], t.now.run.Output(1), nil
}

// State is every parameter, statistic and optimizer's state, by name, as Restore takes it. Before the first step
// there is none.
func (t *Trainer) State() map[string][]float32 {
	state := map[string][]float32{}
	if t.now != nil {
		for _, p := range t.now.Params {
			state[p.Name] = t.now.run.Get(p.Value)
		}
	}
	return state
}

// Restore goes on from a state, of the same network and configuration, for batches of n.
func (t *Trainer) Restore(ctx context.Context, n int, state map[string][]float32) error {
	if err := t.at(ctx, n); err != nil {
		return err
	}
	for _, p := range t.now.Params {
		x, ok := state[p.Name]
		if !ok {
			return fmt.Errorf("quant/train: the checkpoint has no parameter %q; it is of another network or recipe", p.Name)
		}
		if err := t.now.run.Set(p.Value, x); err != nil {
			return fmt.Errorf("quant/train: the checkpoint's parameter %q does not fit: %w", p.Name, err)
		}
	}
	return nil
}

// Result is the network as trained so far.
func (t *Trainer) Result() *calibrate.Calibrated {
	if t.now == nil {
		return t.c
	}
	return t.now.Trained(t.c, func(p Parameter) []float32 { return t.now.run.Get(p.Value) })
}

// Digest is the SHA-256, in hexadecimal, of all that State holds, in the order of the network.
func (t *Trainer) Digest() string {
	h := sha256.New()
	if t.now != nil {
		for _, p := range t.now.Params {
			fmt.Fprintf(h, "%s\n", p.Name)
			for _, x := range t.now.run.Get(p.Value) {
				var b [4]byte
				binary.LittleEndian.PutUint32(b[:], math.Float32bits(x))
				h.Write(b[:])
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// bytes is what the programs take.
func (t *Trainer) bytes() (n int) {
	for _, p := range t.programs {
		s := p.run.Stats()
		n += s.Constants + s.Activations + s.Program + s.Calls
	}
	return n
}

// Close frees the memory.
func (t *Trainer) Close() error {
	for _, p := range t.programs {
		if err := p.run.Close(); err != nil {
			return err
		}
	}
	return nil
}
