package main

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/room"
)

// heavy is so many bytes that asking whether there is memory for them is worth planning a network twice.
const heavy = 256 << 20

// afford refuses a run for which there is not enough memory, before any is taken: that of the network as it runs with
// its outputs read, or of the outputs as they are and as they are written.
func afford(ctx context.Context, g *graph.Graph, outputs int64) error {
	if outputs < heavy {
		return nil
	}
	runs, err := exec.Need(ctx, g, exec.Config{})
	if err != nil {
		return err
	}
	if need, left := outputs+max(int64(runs), 2*outputs), room.Left(); need > left {
		return fmt.Errorf("the network needs %s of memory to run, its outputs with it, of which %s are left: give it smaller inputs", room.Size(need), room.Size(left))
	}
	return nil
}

// affordJob is job with as many of its workers as there is memory for; one for which there is not enough with one is
// refused, before any is taken.
func affordJob(ctx context.Context, job quant.Job) (quant.Job, error) {
	var values int64 // of all of them, which are compared one by one
	for _, v := range job.Model.Graph.Values {
		values += 4 * int64(graph.Len(v.Shape))
	}
	if values*int64(job.Workers) < heavy {
		return job, nil
	}
	for left := room.Left(); ; job.Workers-- {
		need, err := job.Model.Memory(ctx, job.Workers)
		if err != nil {
			return job, err
		}
		if need *= 2; need <= left { // as much again are copies of what is compared, and those that are garbage
			return job, nil
		}
		if job.Workers == 1 {
			return job, fmt.Errorf("the network needs %s of memory to be quantized, of which %s are left: give it a smaller input size", room.Size(need), room.Size(left))
		}
	}
}
