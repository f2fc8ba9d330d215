package main

import (
	"context"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/exec"
)

// heavy is so many bytes that asking how many are left is worth planning a network.
const heavy = 256 << 20

// afford refuses a run for which there is not enough memory, before any is taken: that of the network as it runs with
// its outputs read, or of the outputs as they are and as they are written.
func afford(ctx context.Context, m *quant.Model, outputs int64) error {
	runs, err := exec.Need(ctx, m.Graph, exec.Config{})
	if err != nil {
		return err
	}
	need := outputs + max(int64(runs), 2*outputs)
	if need < heavy {
		return nil
	}
	if allowance, asked := quant.Allowance(m.Graph, m.Bytes); need > allowance {
		return quant.Refuse(need, allowance, asked)
	}
	return nil
}
