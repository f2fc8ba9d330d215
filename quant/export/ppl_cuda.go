package export

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
)

// writePPLCUDA gives, beside the deploy model, one line "tensor: bound" for each tensor with one
// scale, the bound being the larger of −s(n−z) and s(p−z). The file is text for all that it is called
// <name>_clip_ranges.json.
func writePPLCUDA(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	g := deployed(c)
	model, notes, err := deployFile(ctx, name+"_deploy_model.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	t := table{separator: ": "}
	for _, r := range activationRanges(c, g) {
		lo, hi := r.params.Reach(0)
		t.row(r.name, max(-lo, hi))
	}
	for i, q := range c.Quantizers {
		if q.Weight && c.Params[i].Axis < 0 {
			lo, hi := c.Params[i].Reach(0)
			t.row(g.Values[q.Value].Name, max(-lo, hi))
		}
	}
	lines, err := t.document()
	if err != nil {
		return nil, nil, err
	}
	return []File{model, {name + "_clip_ranges.json", lines}}, notes, nil
}
