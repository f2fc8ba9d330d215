package quant

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// Memory estimates the bytes that the kernels' memories take at most while a model is quantized with so
// many workers, found without taking any: that of the stage which takes the most. Quantized Runners are
// reckoned as the float one, of which they keep the same values in fewer bytes.
func (m *Model) Memory(ctx context.Context, workers int) (int64, error) {
	plain, err := exec.Need(ctx, m.Graph, exec.Config{})
	if err != nil {
		return 0, err
	}
	var keep []graph.ValueID
	for _, v := range exec.Ends(m.Graph) {
		if !slices.Contains(keep, v) {
			keep = append(keep, v)
		}
	}
	whole, err := exec.Need(ctx, m.Graph, exec.Config{Keep: keep})
	if err != nil {
		return 0, err
	}
	return max(calibrate.Memory(workers, int64(whole)), evaluate.Memory(workers, int64(plain), int64(whole))), nil
}
