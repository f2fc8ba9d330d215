package look

import (
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/inspect"
)

// shownImages are the items whose images are shown, of networks that answer with images.
const shownImages = 6

// images sets the images side by side that both networks answer with; are is false where they answer with something else.
func images(j quant.Job, c *calibrate.Calibrated, chosen []int, items calibrate.Items, float, quantized [][]float32) (out Answered, are bool, err error) {
	shape := c.Float.Values[c.Float.Outputs[0]].Shape
	for i := range chosen {
		if len(shape) != 4 || float[i] == nil || quantized[i] == nil {
			continue
		}
		t, a, b := inspect.TwinsOf(float[i], quantized[i], shape[1:], j.Recipe.Preprocess.Layout == "nhwc")
		if a == nil {
			return out, false, nil
		}
		if out.Items++; len(out.Pairs) == shownImages {
			continue
		}
		in, _, picture, err := pictured(j, items, i)
		if err != nil {
			return out, true, err
		}
		in.Name = j.Data.Name(chosen[i])
		out.Pairs = append(out.Pairs, inspect.Pair{Input: in, Twins: &t})
		if picture != nil {
			out.Pictures = append(out.Pictures, picture)
		}
		out.Pictures = append(out.Pictures, inspect.BMP(a, t.Width, t.Height), inspect.BMP(b, t.Width, t.Height))
	}
	return out, out.Items > 0, nil
}
