package standalone

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"

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
	At    uint32 `json:"at"` // address of the first byte
}

// Probes are the inputs that check makes: those of a receipt with the same seed.
type Probes struct {
	Seed  uint64 `json:"seed,string"` // as text: JavaScript's numbers have 53 bits
	Count int    `json:"count"`
}

// page is the unit of WebAssembly memories, in bytes.
const page = 1 << 16

// Module compiles c for one thread, without relaxed instructions. The probes come from the recipe's seed.
func Module(ctx context.Context, c *calibrate.Calibrated) ([]byte, error) {
	g := c.Quantized(calibrate.All).Graph
	image, err := exec.Compile(ctx, g, exec.Config{Integer: true, Dot: call.DotI16})
	if err != nil {
		return nil, err
	}
	want, err := answers(ctx, c, image)
	if err != nil {
		return nil, err
	}
	at := uint32(image.Bytes+3) &^ 3
	about := About{Probes: Probes{c.Recipe.Data.Seed, evidence.Probes}}
	for _, in := range image.Inputs {
		about.Inputs = append(about.Inputs, Tensor{in.Name, in.Shape, in.At})
	}
	m := asm.NewModule()
	m.Data(0, image.Memory)
	e := emitter{m: m, image: image}
	for _, v := range image.Outputs {
		t := Tensor{g.Values[v].Name, g.Values[v].Shape, at}
		about.Outputs = append(about.Outputs, t)
		e.outputs = append(e.outputs, output{t, image.Values[v]})
		at += 4 * uint32(graph.Len(t.Shape))
	}
	e.want, e.words = at, len(want)/evidence.Probes
	m.Data(at, words(want))
	at += 4 * uint32(len(want))
	text, err := json.Marshal(about)
	if err != nil {
		return nil, err
	}
	m.Data(at, text)
	e.constant("about", at)
	e.constant("about_size", uint32(len(text)))
	infer := e.infer(kernels.Emit(m, image.Kernels))
	e.check(infer, about, c)
	m.OwnMemory((at + uint32(len(text)) + page - 1) / page)
	return m.Bytes(), nil
}

// answers are the bits of all outputs on all probes, as the image leaves them.
func answers(ctx context.Context, c *calibrate.Calibrated, image *exec.Image) ([]uint32, error) {
	r, err := exec.Load(image, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []uint32
	for k := range evidence.Probes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.Run(ctx, evidence.Inputs(c, c.Recipe.Data.Seed, k)...); err != nil {
			return nil, err
		}
		for i := range image.Outputs {
			for _, x := range r.Output(i) {
				out = append(out, math.Float32bits(x))
			}
		}
	}
	return out, nil
}

func words(x []uint32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, w := range x {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}
