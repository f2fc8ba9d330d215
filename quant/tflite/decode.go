// Package tflite reads TensorFlow Lite files. Decode makes an onnx.Model of one, so that its operators have
// their meaning in one place: floats stay floats, and a quantized tensor becomes QuantizeLinear and
// DequantizeLinear with the file's own scales and zero points, per channel where it has several. Inputs and
// outputs are as in the file: [N,H,W,C], and codes where they are codes.
//
// Weights are copied into ONNX's order of axes, everything else aliases the bytes, so that memory is bounded by
// a small multiple of the file. Tables are walked by hand (flat.go): the code that the schema's compiler makes
// would be many times as large, and stops at the first damaged file.
//
// Source: tensorflow/lite/schema/schema.fbs, version 3.
package tflite

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Is tells whether b begins as a TensorFlow Lite file does.
func Is(b []byte) bool { return len(b) >= 8 && string(b[4:8]) == "TFL3" }

// Decode reads the first subgraph of a file. The Model aliases b. Errors name operator and tensor.
func Decode(b []byte) (*onnx.Model, error) {
	f, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("the TensorFlow Lite file: %w", err)
	}
	m, err := translate(f, len(b))
	if err != nil {
		return nil, fmt.Errorf("the TensorFlow Lite file: %w", err)
	}
	return m, nil
}
