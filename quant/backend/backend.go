// Package backend is the engines that networks are quantized for, as data (spec §3.4): what each computes
// with by default and at most, where its quantizers sit, and in which formats it takes networks. One file
// is one chip; recipe, prepare and export interpret it. A further backend is one file and one line in List.
package backend

import (
	"strings"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Backend is one engine.
type Backend struct {
	Name  string   // as a recipe writes it: MQBench's name in lower case
	Also  []string // chips that are the same to quantization, as their maker calls them
	About string   // one sentence

	Weight     Side // what MQBench gives it by default
	Activation Side
	Limits     Limits
	Rule       Rule     // where its quantizers sit
	Exact      *Rule    // [Q] where MQBench puts them, if that differs
	Formats    []string // of package export, the usual one first
}

// Side is how weights or activations are quantized.
type Side struct {
	FakeQuant string // of fakequant.Kinds
	Observer  string // of observer.Kinds
	Scheme    scheme.QScheme
}

// Limits are what an engine can compute with besides its defaults.
type Limits struct {
	AnyScheme bool  // whatever a recipe says
	Bits      []int // widths besides those of its sides
	OwnCodes  bool  // its codes come of its own fake-quantizer and no other
	Floats    bool  // 8-bit floats as well as integers
	Biases    bool  // its simulation has biases as integers too, in the unit of the products
	BF16      bool  // it computes in bfloat16 besides
}

// Placement is the rule, exact with what the spec marks [Q].
func (b Backend) Placement(exact bool) Rule {
	if exact && b.Exact != nil {
		return *b.Exact
	}
	return b.Rule
}

// List is the backends there are, in the order of spec §3.4.
func List() []Backend {
	return []Backend{
		academic(),
		tensorRT(),
		qdq(),
		snpe(),
		pplW8A16(),
		pplCUDA(),
		stpu(),
		tengine(),
		onnxQNN(),
		openVINO(),
		openVINOAcademic(),
		nnie(),
		vitis(),
		tensorRTNLP(),
		academicNLP(),
		bm1684x(),
		bm1690(),
		bm1688(),
		cv18xx(),
		mars3(),
		weightOnly(),
	}
}

// Of finds a backend by its name or that of one of its chips, however capitalised.
func Of(name string) (Backend, bool) {
	for _, b := range List() {
		for _, n := range append([]string{b.Name}, b.Also...) {
			if strings.EqualFold(n, name) {
				return b, true
			}
		}
	}
	return Backend{}, false
}

// Names are those of List.
func Names() []string {
	var names []string
	for _, b := range List() {
		names = append(names, b.Name)
	}
	return names
}
