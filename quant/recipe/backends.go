package recipe

import (
	"strings"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Backend is one row of the table of spec §3.4: an engine with what MQBench gives it by default. Where
// its quantizers sit is the business of package prepare.
type Backend struct {
	Name       string   // as a recipe writes it: MQBench's name in lower case
	Also       []string // chips of the same row, as their maker calls them
	About      string   // one sentence
	Weight     Quantizer
	Activation Quantizer
	AnyScheme  bool  // the schemes are the user's; else Validate holds a recipe to those of the row
	Bits       []int // widths besides those of the row
	OwnCodes   bool  // its codes come of its own fake-quantizer and no other
	Floats     bool  // it computes with 8-bit floats as well as with integers
	Biases     bool  // its simulation has biases as integers too, in the unit of the products
}

// BackendTable is the table, in its order. Weights are observed by MinMax and activations by EMAMinMax
// but where the row says otherwise.
func BackendTable() []Backend {
	tensor := scheme.QScheme{Bits: 8}
	tensor16 := scheme.QScheme{Bits: 16}
	channels := scheme.QScheme{Bits: 8, PerChannel: true}
	symTensor := scheme.QScheme{Bits: 8, Symmetric: true}
	symChannels := scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}
	symTensor127 := scheme.QScheme{Bits: 8, Symmetric: true, Narrow: true}
	symChannels127 := scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true, Narrow: true}
	symTensorPoT := scheme.QScheme{Bits: 8, Symmetric: true, PoT: true}
	symChannels7 := scheme.QScheme{Bits: 7, Symmetric: true, PerChannel: true}
	symChannels63 := scheme.QScheme{Bits: 7, Symmetric: true, PerChannel: true, Narrow: true}

	row := func(name, fakeQuant string, weight, activation scheme.QScheme, about string) Backend {
		return Backend{
			Name: name, About: about,
			Weight:     Quantizer{FakeQuant: fakeQuant, Observer: "minmax", Scheme: weight},
			Activation: Quantizer{FakeQuant: fakeQuant, Observer: "ema_minmax", EMARatio: 0.9, Scheme: activation},
		}
	}
	anyScheme := func(b Backend) Backend { b.AnyScheme = true; return b }
	observed := func(b Backend, weight, activation string) Backend {
		b.Weight.Observer, b.Activation.Observer, b.Activation.EMARatio = weight, activation, 0
		return b
	}
	ownCodes := func(b Backend) Backend { b.OwnCodes = true; return b }
	floats := func(b Backend) Backend { b.Floats = true; return b }
	also := func(b Backend, chips ...string) Backend { b.Also = chips; return b }
	sophgo := func(b Backend) Backend { b.Biases = true; return b }
	bm1688 := func(b Backend) Backend { b.Weight.FakeQuant, b.Bits = "e4m3", []int{4}; return b }

	return []Backend{
		anyScheme(row("academic", "fixed", symChannels, tensor, "Only the inputs of convolutions and linear layers; nothing is folded, both ends keep 8 bits.")),
		row("tensorrt", "learnable", symChannels127, symTensor127, "Nvidia TensorRT: all symmetric, batch normalisation folded, inputs of the heavy operators."),
		anyScheme(row("qdq", "learnable", symChannels127, symTensor127, "As TensorRT, for ONNX Runtime, which takes any scheme.")),
		row("snpe", "learnable", tensor, tensor, "Qualcomm SNPE: one asymmetric scale for a tensor, inputs and outputs."),
		row("pplw8a16", "learnable", tensor, tensor16, "OpenPPL with 8-bit weights and 16-bit activations."),
		observed(row("pplcuda", "learnable", channels, tensor, "OpenPPL on CUDA: weights asymmetric per channel."), "minmax", "minmax"),
		row("stpu", "fixed", symTensor127, symTensor127, "SenseTime STPU: one symmetric scale for a tensor, inputs and outputs."),
		row("tengine_u8", "learnable", tensor, tensor, "Tengine with uint8: inputs and outputs, and the outputs of the network."),
		observed(row("onnx_qnn", "learnable", tensor, tensor, "QLinear operators as TVM reads them; linear layers stay float."), "minmax", "minmax"),
		row("openvino", "learnable", symChannels7, symTensor, "Intel OpenVINO: weights use 7 of 8 bits, activations behind a ReLU are unsigned."),
		row("openvino_academic", "learnable", symChannels63, symTensor, "OpenVINO as MQBench's academic_mode has it: nothing is folded, weights reach from -63 to 63."),
		ownCodes(row("nnie", "nnie", symTensor, symTensor, "HiSilicon NNIE: numbers by their logarithm, placed as TensorRT's.")),
		observed(row("vitis", "tqt", symTensorPoT, symTensorPoT, "Xilinx Vitis: scales are powers of two; outputs and biases."), "minmax_floor", "pot_mode"),
		row("tensorrt_nlp", "learnable", symChannels127, symTensor127, "TensorRT for transformers: inputs of linear layers, sums and matrix products."),
		anyScheme(row("academic_nlp", "fixed", symChannels, tensor, "Inputs of linear layers and matrix products; no end keeps more bits.")),
		sophgo(floats(row("bm1684x", "learnable", symChannels, symTensor, "Sophgo BM1684X: inputs and outputs of nearly all operators."))),
		sophgo(floats(row("bm1690", "learnable", symChannels, symTensor, "Sophgo BM1690: as BM1684X."))),
		bm1688(sophgo(floats(row("bm1688", "learnable", symChannels, symTensor, "Sophgo BM1688: as BM1684X, weights 8-bit floats, or integers of 8 or 4 bits.")))),
		also(sophgo(row("cv18xx", "learnable", symChannels127, symTensor, "Sophgo CV180X to CV186X: as BM1684X, weights without -128.")),
			"cv180x", "cv181x", "cv182x", "cv183x", "cv186x"),
		sophgo(row("mars3", "learnable", symChannels127, symTensor, "Sophgo MARS3: as CV18xx.")),
	}
}

// BackendOf finds a row by its name or that of one of its chips, however capitalised.
func BackendOf(name string) (Backend, bool) {
	for _, b := range BackendTable() {
		for _, n := range append([]string{b.Name}, b.Also...) {
			if strings.EqualFold(n, name) {
				return b, true
			}
		}
	}
	return Backend{}, false
}

// Backends are the names of the table, as a recipe writes them.
func Backends() []string {
	var names []string
	for _, b := range BackendTable() {
		names = append(names, b.Name)
	}
	return names
}
