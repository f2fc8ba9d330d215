package main

import (
	"context"
	"fmt"

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
