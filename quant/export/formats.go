package export

import (
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
)

// File is one file of an export.
type File struct {
	Name  string
	Bytes []byte
}

// Format is a form in which engines take a quantized network.
type Format struct {
	Name    string // as --format takes it
	About   string // one sentence
	Backend string // whose recipes it is made for: their preset gives what it takes
	write   func(c *calibrate.Calibrated, name string) (files []File, notes []string, err error)
}

// Formats are the forms there are, spec §4.2. A further one is one file and one line here.
func Formats() []Format {
	return []Format{
		{"qdq", "ONNX with QuantizeLinear and DequantizeLinear around float operators.", "qdq", writeQDQ},
		{"qoperator", "ONNX with QLinear operators, which compute in integers, for ONNX Runtime.", "qdq", writeQOperator},
		{"tensorrt", "Float ONNX with clipped weights, and the range of each tensor as JSON.", "tensorrt", writeTensorRT},
		{"tensorrt_explicit", "ONNX with QuantizeLinear and DequantizeLinear, the weights float: what TensorRT quantizes itself.", "tensorrt", writeTensorRTExplicit},
		{"snpe", "Float ONNX with clipped weights, and SNPE's encodings as JSON.", "snpe", writeSNPE},
		{"ppl", "Float ONNX with clipped weights, and step and zero point of each tensor as JSON.", "pplw8a16", writePPL},
		{"ppl_cuda", "Float ONNX with clipped weights, and one bound for each tensor, a line each.", "pplcuda", writePPLCUDA},
		{"vitis", "Float ONNX with clipped weights, and the scale of each tensor as JSON.", "vitis", writeVitis},
		{"nnie", "Float ONNX with clipped weights, and the greatest magnitude of each operator's inputs as JSON.", "nnie", writeNNIE},
		{"openvino", "ONNX with OpenVINO's FakeQuantize at weights and activations.", "openvino", writeOpenVINO},
		{"tengine", "Float ONNX with clipped weights, and scale and zero point of each tensor, a line each.", "tengine_u8", writeTengine},
		{"stpu", "Float ONNX with clipped weights, and minimum, maximum and alignment of each tensor as JSON.", "stpu", writeSTPU},
		{"onnx_qnn", "ONNX with QLinear operators on uint8, as TVM reads them.", "onnx_qnn", writeONNXQNN},
		{"sophgo", "Float ONNX with clipped weights, and the calibration and quantization tables of tpu-mlir.", "bm1684x", writeSophgo},
		{"wasm", "A WebAssembly module that needs nothing else, with a page and hosts in JavaScript, Go and Python.", "qdq", writeWasm},
	}
}

// FormatOf finds a format by its name or by that of a backend that takes it, MQBench's or a chip's,
// however capitalised; else it says which formats there are.
func FormatOf(name string) (Format, error) {
	var names []string
	engine, _ := backend.Of(name)
	for _, f := range Formats() {
		if strings.EqualFold(f.Name, name) || len(engine.Formats) > 0 && f.Name == engine.Formats[0] {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("no format %q: there are %s", name, strings.Join(names, ", "))
}

// Export writes c in a format; the files' names begin with name. Every file is read back and compared
// with c before it is given. notes tell, one sentence each, where a file is not quite the
// fake-quantized network. What a format cannot express is an error that says which preset gives what
// it takes.
func Export(format, name string, c *calibrate.Calibrated) (files []File, notes []string, err error) {
	f, err := FormatOf(format)
	if err != nil {
		return nil, nil, err
	}
	files, notes, err = f.write(c, name)
	var r refusal
	switch {
	case errors.As(err, &r):
		return nil, nil, fmt.Errorf("format %s: %w: the preset %s gives what it takes", f.Name, err, f.Backend)
	case err != nil:
		return nil, nil, fmt.Errorf("format %s: %w", f.Name, err)
	}
	return files, notes, nil
}

// refusal is an error that says what of a network a format cannot express.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

func refuse(format string, args ...any) error { return refusal{fmt.Sprintf(format, args...)} }

func writeQDQ(c *calibrate.Calibrated, name string) ([]File, []string, error) {
	b, notes, err := QDQ(c)
	return []File{{name + ".onnx", b}}, notes, err
}
