package standalone

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// About is what a host needs to know of a module.
type About struct {
	Inputs  []Tensor `json:"inputs"`
	Outputs []Tensor `json:"outputs"`
	Probes  Probes   `json:"probes"`
}

// Tensor is a float32 tensor in the module's memory.
type Tensor struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	At    uint32 `json:"at"`    // address of the first byte
	Bytes uint32 `json:"bytes"` // how many, four an element
}

func tensor(name string, shape []int, at uint32) Tensor {
	return Tensor{name, shape, at, 4 * uint32(graph.Len(shape))}
}

// Probes are the inputs that check makes: those of a receipt with the same seed.
type Probes struct {
	Seed  uint64 `json:"seed,string"` // as text: JavaScript's numbers have 53 bits
	Count int    `json:"count"`
}

// page is the unit of WebAssembly memories, in bytes.
const page = 1 << 16

// Module compiles c for one thread, without relaxed instructions. The probes come from the recipe's seed.
//
// In memory lie the image, the outputs, and behind them what check reads, little-endian words:
//
//	dimensions of the constants and of all that follows the outputs, as one list of bytes each
//	of each step: address of its calls, how many they are, how many values it leaves, and of each of these
//	    its digests on the probes, and its region
//	the same of the outputs together: their digests, their region
//
// and JSON of type About.
func Module(ctx context.Context, c *calibrate.Calibrated) ([]byte, error) {
	g := c.Quantized(calibrate.All).Graph
	image, err := exec.Compile(ctx, g, exec.Config{Integer: true, Dot: call.DotI16})
	if err != nil {
		return nil, err
	}
	outputs := uint32(image.Bytes+3) &^ 3
	about := About{Probes: Probes{c.Recipe.Data.Seed, evidence.Probes}}
	for _, in := range image.Inputs {
		about.Inputs = append(about.Inputs, tensor(in.Name, in.Shape, in.At))
	}
	m := asm.NewModule()
	m.Data(0, image.Memory)
	e := emitter{m: m, image: image, digest: emitDigest(m)}
	at := outputs
	for _, v := range image.Outputs {
		t := tensor(g.Values[v].Name, g.Values[v].Shape, at)
		about.Outputs = append(about.Outputs, t)
		e.outputs = append(e.outputs, output{t, image.Values[v]})
		at += t.Bytes
	}
	steps, err := checked(ctx, c, image, list(outputs, int(at-outputs)/4, 4))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(about)
	if err != nil {
		return nil, err
	}
	constants, rest := list(0, len(image.Memory), 1), list(at, 2*each+4*len(steps)+len(text), 1)
	head := []uint32{constants.dims[0].n, 1, rest.dims[0].n, 1}
	e.steps = at + 2*each
	tail := append(words(append(head, steps...)), text...)
	m.Data(at, tail)
	e.constant("about", at+uint32(len(tail)-len(text)))
	e.constant("about_size", uint32(len(text)))
	run := e.run(kernels.Emit(m, image.Kernels))
	e.infer(run)
	e.check(run, about, c, at, rest.digest(constants.digest(0, image.Memory), tail))
	m.OwnMemory((at + uint32(len(tail)) + page - 1) / page)
	return seal(m.Bytes()), nil
}

// seal appends a custom section that ends the file with the SHA-256 of all before it: check does not see the code that the
// probes leave out.
func seal(module []byte) []byte {
	const name = "sha256"
	module = append(module, 0, byte(1+len(name)+sha256.Size), byte(len(name)))
	module = append(module, name...)
	sum := sha256.Sum256(module)
	return append(module, sum[:]...)
}

func words(x []uint32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, w := range x {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}
