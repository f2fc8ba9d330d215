package export

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
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
	takes   func(scheme.Grid) bool
	write   func(ctx context.Context, c *calibrate.Calibrated, name string) (files []File, notes []string, err error)
}

// Formats are the forms there are, spec §4.2. A further one is one file and one line here.
func Formats() []Format {
	return []Format{
		{"qdq", "ONNX with QuantizeLinear and DequantizeLinear around float operators.", "qdq", scheme.Grid.Whole, writeQDQ},
		{"qoperator", "ONNX with QLinear operators, which compute in integers, for ONNX Runtime.", "qdq", scheme.Grid.Whole, writeQOperator},
		{"tensorrt", "Float ONNX with clipped weights, and the range of each tensor as JSON.", "tensorrt", scheme.Grid.Whole, writeTensorRT},
		{"tensorrt_explicit", "ONNX with QuantizeLinear and DequantizeLinear, the weights float: what TensorRT quantizes itself.", "tensorrt", scheme.Grid.Whole, writeTensorRTExplicit},
		{"snpe", "Float ONNX with clipped weights, and SNPE's encodings as JSON.", "snpe", scheme.Grid.Whole, writeSNPE},
		{"ppl", "Float ONNX with clipped weights, and step and zero point of each tensor as JSON.", "pplw8a16", scheme.Grid.Whole, writePPL},
		{"ppl_cuda", "Float ONNX with clipped weights, and one bound for each tensor, a line each.", "pplcuda", scheme.Grid.Whole, writePPLCUDA},
		{"vitis", "Float ONNX with clipped weights, and the scale of each tensor as JSON.", "vitis", scheme.Grid.Whole, writeVitis},
		{"nnie", "Float ONNX with clipped weights, and the greatest magnitude of each operator's inputs as JSON.", "nnie", logarithmic, writeNNIE},
		{"openvino", "ONNX with OpenVINO's FakeQuantize at weights and activations.", "openvino", scheme.Grid.Whole, writeOpenVINO},
		{"tengine", "Float ONNX with clipped weights, and scale and zero point of each tensor, a line each.", "tengine_u8", scheme.Grid.Whole, writeTengine},
		{"stpu", "Float ONNX with clipped weights, and minimum, maximum and alignment of each tensor as JSON.", "stpu", scheme.Grid.Whole, writeSTPU},
		{"onnx_qnn", "ONNX with QLinear operators on uint8, as TVM reads them.", "onnx_qnn", scheme.Grid.Whole, writeONNXQNN},
		{"sophgo", "Float ONNX with clipped weights, and the calibration and quantization tables of tpu-mlir.", "bm1684x", every, writeSophgo},
		{"wasm", "A WebAssembly module that needs nothing else, with a page and hosts in JavaScript, Go and Python.", "qdq", every, writeWasm},
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

func logarithmic(g scheme.Grid) bool { return g == scheme.Log2 }

func every(scheme.Grid) bool { return true }

// Holds says, before anything is calibrated, which quantizer of p has codes that the format has no form for; nil if
// none has. What else a format cannot express shows when it is written.
func (f Format) Holds(p *prepare.Prepared) error {
	for _, q := range p.Quantizers {
		switch perChannel := !q.Weight && q.Axis >= 0; {
		case perChannel && f.Name == "qdq" && q.Scheme.Bits != 8 && q.Scheme.Bits != 16:
			return fmt.Errorf("format %s cannot hold %s, which has a scale for each channel and %d bits, where ONNX clips no channel by itself and takes 8 or 16 bits", f.Name, q.Name, q.Scheme.Bits)
		case perChannel && f.Name != "qdq" && f.Name != "wasm": // which has whatever runs here
			return fmt.Errorf("format %s cannot hold %s, which has a scale for each channel, where the format takes one for the tensor", f.Name, q.Name)
		}
		if q.Scheme.Block > 0 && f.Name != "wasm" && f.Name != "qdq" {
			return fmt.Errorf("format %s cannot hold %s, which has a scale for each block of %d inputs, where the format takes one for each channel", f.Name, q.Name, q.Scheme.Block)
		}
		kind, err := fakequant.KindOf(q.FakeQuant)
		if err != nil {
			return err
		}
		if !f.takes(kind.Grid) {
			return fmt.Errorf("format %s cannot hold the codes of %s, whose fake-quantizer is %s", f.Name, q.Name, q.FakeQuant)
		}
	}
	return nil
}

// Export writes c in a format; the files' names begin with name. Every file is read back and compared
// with c before it is given. notes tell, one sentence each, where a file is not quite the
// fake-quantized network. What a format cannot express is an error that says which preset gives what
// it takes. It ends between nodes and before what it has written is read back when ctx does.
func Export(ctx context.Context, format, name string, c *calibrate.Calibrated) (files []File, notes []string, err error) {
	f, err := FormatOf(format)
	if err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	files, notes, err = f.write(ctx, c, name)
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

func writeQDQ(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	b, notes, err := QDQ(ctx, c)
	return []File{{name + ".onnx", b}}, notes, err
}
