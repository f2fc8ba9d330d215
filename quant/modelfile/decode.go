// Package modelfile tells the formats of network files apart by their content, and reads each as an onnx.Model:
// what an operator means is said in one place, whatever the file it came in.
package modelfile

import (
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/tflite"
)

// Decode reads a file of any format. The Model aliases b.
func Decode(b []byte) (*onnx.Model, error) {
	if tflite.Is(b) {
		return tflite.Decode(b)
	}
	return onnx.Decode(b)
}
