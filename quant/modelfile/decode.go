// Package modelfile tells the formats of network files apart by their content, and reads each as an onnx.Model:
// what an operator means is said in one place, whatever the file it came in. Formats are ONNX, TensorFlow Lite,
// safetensors and PyTorch's weights, where they belong to a network that package zoo knows, and a ZIP archive with
// one such file in it.
package modelfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/tflite"
	"github.com/quantscope/quantscope/quant/weights"
	"github.com/quantscope/quantscope/quant/zoo"
)

// Decode reads a file of any format. The Model aliases b, or what was unpacked of it; inside reads the files beside
// the model in an archive, and is nil where there is none.
func Decode(b []byte) (m *onnx.Model, inside onnx.Reader, err error) {
	if m, err = decode(b); m != nil || err != nil {
		return m, nil, err
	}
	model, inside, err := unpack(b)
	if err != nil {
		return nil, nil, err
	}
	if model != nil {
		if m, err = decode(model); m != nil || err != nil {
			return m, inside, err
		}
		b = model
	}
	m, err = onnx.Decode(b)
	var other *onnx.WrongFile
	if err != nil && !errors.As(err, &other) && b[0] != firstField {
		err = fmt.Errorf("this is not a model of a format that is read here (%s), or a damaged one: export or download it again; raw numbers are read from .npy, which says their shape; as ONNX, %w",
			strings.Join(extensions, ", "), err)
	}
	return m, inside, err
}

// firstField is how ONNX files begin that anybody writes: with the version of the format.
const firstField = 0x08

// decode reads the formats that are recognised for certain; nil where b is none of them.
func decode(b []byte) (*onnx.Model, error) {
	if tflite.Is(b) {
		return tflite.Decode(b)
	}
	d, err := weights.Decode(b)
	if d == nil || err != nil {
		return nil, err
	}
	return zoo.Build(d)
}
