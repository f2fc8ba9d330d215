package exec

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/graph"
)

// exactWhole is the greatest integer up to which every one is a float32, which is what memory holds.
const exactWhole = 1 << 24

// twins makes all calls and, between them, what scalar twins do.
func (r *Runner) twins(ctx context.Context) error {
	from := uint32(0)
	for _, t := range r.image.Twins {
		if err := r.stretch(ctx, from, uint32(t.Before)); err != nil {
			return err
		}
		if err := r.twin(t); err != nil {
			return fmt.Errorf("node %q (%s): %w", t.Node, t.Op.Type(), err)
		}
		from = uint32(t.Before)
	}
	return r.stretch(ctx, from, r.image.Calls)
}

// beside is how many bytes the scalar twin that takes the most has beside the arena: what it reads and what it makes, of
// integers as float32 and as int64.
func beside(twins []lower.Twin) (most int64) {
	for _, t := range twins {
		sum := int64(0)
		for _, s := range slices.Concat(t.Inputs, t.Outputs) {
			size := int64(4)
			if s.DType != graph.Float32 {
				size = 12
			}
			if s.At != 0 {
				sum += size * int64(graph.Len(s.Shape))
			}
		}
		most = max(most, sum)
	}
	return most
}

// twin computes one step.
func (r *Runner) twin(t lower.Twin) error {
	in := make([]*graph.Tensor, len(t.Inputs))
	for i, s := range t.Inputs {
		if s.At == 0 {
			continue
		}
		x := make([]float32, graph.Len(s.Shape))
		r.eng.ReadF32(s.At, x)
		in[i] = &graph.Tensor{DType: s.DType, Shape: s.Shape, F: x}
		if s.DType != graph.Float32 {
			in[i].F, in[i].I = nil, make([]int64, len(x))
			for k, v := range x {
				in[i].I[k] = int64(v)
			}
		}
	}
	out, err := graph.Compute(t.Op)(in)
	if err != nil {
		return err
	}
	for i, s := range t.Outputs {
		if s.At == 0 {
			continue
		}
		x := out[i].F
		if out[i].DType != graph.Float32 {
			x = make([]float32, len(out[i].I))
			for k, v := range out[i].I {
				if v > exactWhole || v < -exactWhole {
					return fmt.Errorf("its output %d is %d, and integers beyond %d are not exact in a run", i, v, exactWhole)
				}
				x[k] = float32(v)
			}
		}
		r.eng.WriteF32(s.At, x)
	}
	return nil
}
