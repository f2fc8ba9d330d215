package quant

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/room"
)

// Memory estimates the bytes that the kernels' memories take at most while a model is worked on, found without taking
// any. Quantized Runners are reckoned as the float one, of which they keep the same values in fewer bytes.
type Memory struct {
	plain, whole int64 // of a Runner that keeps nothing, and of one that keeps every value
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
	return Memory{int64(plain), int64(whole)}, err
}

// Running is for so many workers that run the float network.
func (m Memory) Running(workers int) int64 { return int64(workers) * m.plain }

// Calibrating is for calibration.
func (m Memory) Calibrating(workers int) int64 { return calibrate.Memory(workers, m.whole) }

// Quantizing is for all of Quantize: the stage that takes the most.
func (m Memory) Quantizing(workers int) int64 {
	return max(m.Calibrating(workers), evaluate.Memory(workers, m.plain, m.whole))
}

// heavy is so many bytes of values that asking whether there is memory for them is worth planning a network twice.
const heavy = 256 << 20

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
	for left := room.Left(); ; j.Workers-- {
		need := stage(m, j.Workers) / 2 * 5 // half as much again, and once more, are copies that are compared, and garbage
		if need <= left {
			return j, nil
		}
		if j.Workers == 1 {
			return j, fmt.Errorf("the network needs %s of memory for this, of which %s are left: give it a smaller input size", room.Size(need), room.Size(left))
		}
	}
}
