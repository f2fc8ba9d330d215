package export

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// noteHalfUp tells of scheme.HalfUp, which QuantizeLinear has not.
const noteHalfUp = "Negative numbers half-way between two codes go to the even one, where the recipe takes the upper."

// The opsets written: 13 is the first with scales per channel, 21 the first with 16-bit codes and with a scale for each block.
const (
	opset8  = 13
	opset21 = 21
)

// QDQ gives c as an ONNX file in the QDQ form.
//
// Weights are stored as int8 or uint8 (16-bit ones as int16 or uint16) with a DequantizeLinear behind
// them, per channel along the axis of the output channels, or per block of inputs. Every other quantized tensor goes through
// one QuantizeLinear and one DequantizeLinear, and all its readers read the latter's output, as in
// the fake-quantized run. Biases of layers whose input and weight are both quantized are stored as
// int32 with scale s_x·s_w and zero point 0. Codes lie within the range of the recipe; where an
// activation's range is smaller than its type (below 8 bits), a Clip stands before QuantizeLinear.
// Batch normalisations that the backend does not fold stay nodes behind a layer whose bias is its own.
// The opset is 13, or the first that has the operators and types needed.
// Inputs and outputs keep their names; a symbolic batch stays one where every node allows it.
//
// QuantizeLinear divides by the scale where the rule scheme.PyTorch multiplies by its reciprocal, so
// that codes next to a tie may differ by one; under scheme.ONNX they do not.
//
// Codes that are no integers times a scale (scheme.Grid) are an error.
//
// The bytes are read back and compared with c before they are returned. notes tell, one sentence each,
// where the file is not quite the fake-quantized network; they are in its metadata too.
func QDQ(ctx context.Context, c *calibrate.Calibrated) (file []byte, notes []string, err error) {
	f, notes, err := writeInserted(ctx, c)
	if err != nil {
		return nil, nil, fmt.Errorf("QDQ export: %w", err)
	}
	return f.Bytes, notes, nil
}

func writeInserted(ctx context.Context, c *calibrate.Calibrated) (File, []string, error) {
	if err := whole(c); err != nil {
		return File{}, nil, err
	}
	c = united(c)
	g, err := insert(ctx, c)
	if err != nil {
		return File{}, nil, err
	}
	if slices.ContainsFunc(c.Params, func(p scheme.QParams) bool { return p.Grid == scheme.HalfUp }) {
		g.Notes = append(g.Notes, noteHalfUp)
	}
	return modelFile(ctx, "", c, g, opset(c), nil, func(file []byte) error { return reread(file, c) })
}

// opset is the first that has the types and the blocks of c's codes.
func opset(c *calibrate.Calibrated) int {
	for _, p := range c.Params {
		if t := storage(p); t == graph.Int16 || t == graph.Uint16 || p.Block > 0 {
			return opset21
		}
	}
	return opset8
}
