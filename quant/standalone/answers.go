package standalone

import (
	"context"
	"math"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/exec"
)

// checked are the words of the steps and of the outputs, which lie in the region to, with their digests on the probes.
func checked(ctx context.Context, c *calibrate.Calibrated, image *exec.Image, to region) ([]uint32, error) {
	var regions []region
	for _, s := range image.Steps {
		for _, p := range s.Leaves {
			regions = append(regions, placed(p.At, p.Layout))
		}
	}
	var digests [evidence.Probes][]uint32 // of the regions, and last of the outputs
	for k := range digests {
		inputs := evidence.Inputs(c, c.Recipe.Data.Seed, k)
		values, err := values(ctx, image, regions, inputs)
		if err != nil {
			return nil, err
		}
		outputs, err := outputs(ctx, image, inputs)
		if err != nil {
			return nil, err
		}
		digests[k] = append(values, outputs)
	}
	var out []uint32
	value := func(i int, r region) {
		for _, d := range digests {
			out = append(out, d[i])
		}
		out = append(out, r.words()...)
	}
	i := 0
	for _, s := range image.Steps {
		out = append(out, s.Program, s.Calls, uint32(len(s.Leaves)))
		for range s.Leaves {
			value(i, regions[i])
			i++
		}
	}
	value(i, to)
	return out, nil
}

// values are the digests of the regions that the steps leave one after the other: places are used again.
func values(ctx context.Context, image *exec.Image, regions []region, inputs [][]float32) (digests []uint32, err error) {
	e, err := engine.New(image.Module, uint32(image.Bytes), nil)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	e.Write(0, image.Memory)
	for i, in := range image.Inputs {
		e.WriteF32(in.At, inputs[i])
	}
	for _, s := range image.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := e.Run(s.Program, s.Calls); err != nil {
			return nil, err
		}
		for range s.Leaves {
			r := regions[len(digests)]
			memory := make([]byte, r.extent())
			e.Read(r.at, memory)
			digests = append(digests, r.digest(0, memory))
		}
	}
	return digests, nil
}

// outputs is the digest of the outputs of a whole run.
func outputs(ctx context.Context, image *exec.Image, inputs [][]float32) (digest uint32, err error) {
	r, err := exec.Load(image, nil)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	if err := r.Run(ctx, inputs...); err != nil {
		return 0, err
	}
	for i := range image.Outputs {
		for _, x := range r.Output(i) {
			digest = add(digest, float(math.Float32bits(x)))
		}
	}
	return digest, nil
}
