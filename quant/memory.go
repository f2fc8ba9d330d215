package quant

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/room"
)

// Memory estimates the bytes that the kernels' memories take at most while a model is worked on, found without taking
// any. Quantized Runners are reckoned as the float one, of which they keep the same values in fewer bytes.
type Memory struct {
	plain, whole int64 // of a Runner that keeps nothing, and of one that keeps every value
	outputs      int64 // as floats, read out of a Runner
}

// Memory plans the network twice.
func (m *Model) Memory(ctx context.Context) (Memory, error) {
	plain, err := exec.Need(ctx, m.Graph, exec.Config{})
	if err != nil {
		return Memory{}, err
	}
	keep := slices.Clone(exec.Ends(m.Graph))
	slices.Sort(keep)
	whole, err := exec.Need(ctx, m.Graph, exec.Config{Keep: slices.Compact(keep)})
	var outputs int64
	for _, v := range m.Graph.Outputs {
		outputs += 4 * int64(graph.Len(m.Graph.Values[v].Shape))
	}
	return Memory{int64(plain), int64(whole), outputs}, err
}

// Running is for so many workers that run the float network, whose outputs are read one after the other.
func (m Memory) Running(workers int) int64 { return int64(workers)*m.plain + m.outputs }

// Calibrating is for calibration.
func (m Memory) Calibrating(workers int) int64 { return calibrate.Memory(workers, m.whole) }

// Quantizing is for all of Quantize: the stage that takes the most. What float, simulated and integer network answer to an
// item waits for its turn to be compared, of one item for each worker and one that is compared.
func (m Memory) Quantizing(workers int) int64 {
	evaluating := evaluate.Memory(workers, m.plain, m.whole) + evidence.Memory(m.plain, m.whole) // and the receipt's probes beside it
	return max(m.Calibrating(workers), evaluating) + 3*int64(workers+1)*m.outputs
}

// heavy is so many bytes of values that asking whether there is memory for them is worth planning a network twice.
const heavy = 32 << 20

// What a network may take that nobody has given memory to: so many bytes, and so many times its file and its inputs. Networks
// that people have take up to 6000 times their inputs (an image of 256 × 256 that is enlarged four times, in 64 channels) or,
// where inputs are a few numbers, 700 times their file (images and sounds that are generated); a hundred bytes that say that a
// tensor is doubled take any number of times.
const (
	allowed   = 1 << 30
	perFile   = 1024
	perInputs = 16384
)

// Allowance is how many bytes may be taken for a network: what is left, and unless GOMEMLIMIT says how much there is,
// 1 GiB and what file and inputs justify, so that a few bytes cannot ask for all that the machine has. asked
// is true where it is only what is left.
func Allowance(g *graph.Graph, file int64) (bytes int64, asked bool) {
	left, told := room.Left(), room.Told()
	if told {
		return left, true
	}
	justified := allowed + perFile*file
	for _, v := range g.Inputs {
		justified += perInputs * 4 * int64(graph.Len(g.Values[v].Shape))
	}
	return min(left, justified), left <= justified
}

// Refuse says that a network needs more than its Allowance.
func Refuse(need, allowance int64, asked bool) error {
	if asked {
		return fmt.Errorf("the network needs %s of memory for this, of which %s are left: give it a smaller input size", room.Size(need), room.Size(allowance))
	}
	return fmt.Errorf("the network needs %s of memory for this, more than the %s that its file and its inputs justify: give it a smaller input size, "+
		"or set GOMEMLIMIT=%dMiB for the command if that is meant", room.Size(need), room.Size(allowance), need>>20+1)
}

// Afford is j with as many of its workers as there is memory for in stage, a method of Memory; a job for which there is
// not enough with one is refused, before any is taken.
func (j Job) Afford(ctx context.Context, stage func(m Memory, workers int) int64) (Job, error) {
	var values int64 // of all of them, which are compared one by one
	for _, v := range j.Model.Graph.Values {
		values += 4 * int64(graph.Len(v.Shape))
	}
	if values*int64(j.Workers) < heavy {
		return j, nil
	}
	m, err := j.Model.Memory(ctx)
	if err != nil {
		return j, err
	}
	for allowance, asked := Allowance(j.Model.Graph, j.Model.Bytes); ; j.Workers-- {
		need := stage(m, j.Workers) / 2 * 5 // half as much again, and once more, are copies that are compared, and garbage
		if need <= allowance {
			return j, nil
		}
		if j.Workers == 1 {
			return j, Refuse(need, allowance, asked)
		}
	}
}
