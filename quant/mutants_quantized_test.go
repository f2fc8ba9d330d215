package quant_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
)

// TestMutantsQuantized does with models that were changed all that the command does: each that opens is quantized on
// two items and compared on two others, under config1 and under another preset, and exported in the format of that.
// Under the limits of TestMutants none panics, hangs or takes more, and what a job says is one sentence. MUTANTS says
// how many; of the changes more than there leave a network that has something to quantize.
func TestMutantsQuantized(t *testing.T) {
	count := numberFrom(t, "MUTANTS", 20)
	seed := uint64(numberFrom(t, "MUTANT_SEED", 1))
	seeds := layered(t, mutantSeeds(t))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
	outcomes := map[string]int{}
	presets := recipe.Presets()
	for i := range count {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		file := mutateLayers(r, seeds)
		for _, preset := range []recipe.Recipe{presets[0], presets[1+r.IntN(len(presets)-1)]} {
			exact := r.IntN(2) == 0
			outcome, err := openMutant(file, func(ctx context.Context, file []byte) error { return quantizeMutant(ctx, file, preset, exact) })
			outcomes[outcome]++
			if err != nil {
				kept := filepath.Join(os.TempDir(), fmt.Sprintf("mutant-%d-%d.onnx", seed, i))
				if err := os.WriteFile(kept, file, 0o644); err != nil {
					t.Fatal(err)
				}
				t.Errorf("mutant %d under %s, mqbenchExact %v, kept as %s: %v", i, preset.Name, exact, kept, err)
			}
		}
	}
	t.Logf("of %d mutants of %d models: %v", count, len(seeds), outcomes)
	if outcomes["opens"] == 0 || outcomes["is refused"] == 0 {
		t.Errorf("the mutants are all alike: %v", outcomes)
	}
}

// layered are the models that have a layer to quantize.
func layered(t *testing.T, seeds [][]byte) (some [][]byte) {
	t.Helper()
	for _, b := range seeds {
		m, err := onnx.Decode(b)
		if err == nil && m.Graph != nil && slices.ContainsFunc(m.Graph.Nodes, func(n onnx.Node) bool {
			return strings.Contains("Conv ConvTranspose Gemm MatMul LSTM GRU", n.OpType) && len(n.Inputs) > 1 &&
				slices.ContainsFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == n.Inputs[1] })
		}) {
			some = append(some, b)
		}
	}
	return some
}

// mutateLayers changes one of the seeds as mutate does, or so that it most likely stays a network: other weights, other
// functions, values that come from earlier ones.
func mutateLayers(r *rand.Rand, seeds [][]byte) []byte {
	if r.IntN(4) == 0 {
		return mutate(r, seeds)
	}
	m, err := onnx.Decode(slices.Clone(seeds[r.IntN(len(seeds))]))
	if err != nil {
		panic(err) // it was decoded before
	}
	for range 1 + r.IntN(3) {
		mutateLayer(r, m.Graph)
	}
	return onnx.Encode(m)
}

func mutateLayer(r *rand.Rand, g *onnx.Graph) {
	at := r.IntN(len(g.Nodes))
	n := &g.Nodes[at]
	earlier := func() string {
		if k := r.IntN(at + 1); k > 0 && len(g.Nodes[k-1].Outputs) > 0 {
			return g.Nodes[k-1].Outputs[0]
		}
		return g.Inputs[r.IntN(len(g.Inputs))].Name
	}
	switch r.IntN(7) {
	case 0, 1:
		mutateNumbers(r, &g.Initializers[r.IntN(len(g.Initializers))])
	case 2: // another function of one or two values
		functions := []string{"Relu", "Sigmoid", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Erf", "Tanh", "Floor", "Softmax", "Flatten", "Transpose", "Identity", "HardSwish", "Softplus", "ReduceMean"}
		if len(n.Inputs) == 2 {
			functions = []string{"Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "PRelu", "MatMul", "Gemm", "Expand", "Equal"}
		}
		n.OpType, n.Attrs = functions[r.IntN(len(functions))], nil
	case 3:
		if len(n.Inputs) > 0 {
			n.Inputs[r.IntN(len(n.Inputs))] = earlier()
		}
	case 4: // a further node on the way
		if len(n.Inputs) == 0 {
			return
		}
		k := r.IntN(min(2, len(n.Inputs)))
		name := fmt.Sprintf("way%d", r.Uint32())
		further := onnx.Node{Name: name, OpType: []string{"Relu", "Sigmoid", "Exp", "Log", "Sqrt", "Reciprocal", "Mul", "Sub", "Div", "Add"}[r.IntN(10)], Inputs: []string{n.Inputs[k]}, Outputs: []string{name}}
		if slices.Contains([]string{"Mul", "Sub", "Div", "Add"}, further.OpType) {
			further.Inputs = append(further.Inputs, n.Inputs[k])
		}
		n.Inputs[k] = name
		g.Nodes = slices.Insert(g.Nodes, at, further)
	case 5:
		if len(n.Attrs) > 0 {
			a := &n.Attrs[r.IntN(len(n.Attrs))]
			a.I = int64(r.IntN(6)) - 1
			if len(a.Ints) > 0 {
				a.Ints[r.IntN(len(a.Ints))] = int64(r.IntN(5))
			}
		}
	case 6: // what is made on the way comes out
		if len(n.Outputs) > 0 {
			out := g.Outputs[0]
			out.Name, out.HasShape, out.Dims = n.Outputs[0], false, nil
			if others := len(g.Outputs); others == 1 && out.Name != g.Outputs[0].Name && r.IntN(2) == 0 {
				g.Outputs = append(g.Outputs, out)
			} else {
				g.Outputs[r.IntN(others)] = out
			}
		}
	}
}

// mutateNumbers changes some numbers of a tensor, or all of them, to extreme ones.
func mutateNumbers(r *rand.Rand, t *onnx.Tensor) {
	extreme := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 1e-45, -1e-40, 1e-38, 1e-20, 1e20, 3e38, -3e38, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 127, 1 << 24}
	b := slices.Clone(t.Raw)
	if t.DataType != onnx.Float || len(b) < 4 {
		return
	}
	v := extreme[r.IntN(len(extreme))]
	every := []int{1, 1, 2, 7, len(b) / 4}[r.IntN(5)]
	for i := r.IntN(every); i < len(b)/4; i += every {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(v))
	}
	t.Raw = b
}

func quantizeMutant(ctx context.Context, file []byte, r recipe.Recipe, exact bool) error {
	m, err := quant.Import("mutant.onnx", file, nil)
	if err != nil {
		return err
	}
	if work(m.Graph) > maxMutantWork/10 {
		return nil
	}
	data, err := mutantData(m.Graph)
	if err != nil {
		return err
	}
	r.MQBenchExact, r.Data = exact, recipe.Data{Calibration: 2, Batch: 1, Evaluation: 2}
	j, err := quant.Job{Model: m, Data: data, Recipe: r, Workers: 1, Progress: func(string, int, int) {}}.Afford(ctx, quant.Memory.Quantizing)
	if err != nil {
		return err
	}
	result, err := quant.Quantize(ctx, j)
	if err != nil {
		return err
	}
	if _, err := result.Receipt.Pack(); err != nil {
		return fmt.Errorf("%w: %w", errWrong, err)
	}
	for _, n := range result.Notes {
		if err := broken(n); err != nil {
			return err
		}
	}
	b, _ := backend.Of(r.Backend)
	if _, _, err := export.Export(ctx, b.Formats[0], "mutant", result.Calibrated); err != nil && ctx.Err() == nil {
		if broken := broken(err.Error()); broken != nil {
			return broken
		}
	}
	return ctx.Err()
}

// broken says whether a sentence tells of what only a fault of ours brings about.
func broken(sentence string) error {
	for _, sign := range []string{"\n", "runtime error", "does not read back", "reads back as"} {
		if strings.Contains(sentence, sign) {
			return fmt.Errorf("%w: %s", errWrong, sentence)
		}
	}
	return nil
}

// mutantData is four items of small numbers for the inputs of a network.
func mutantData(g *graph.Graph) (*dataset.Dataset, error) {
	const items = 4
	var files []dataset.File
	for _, id := range g.Inputs {
		v := g.Values[id]
		shape := v.Shape
		if len(shape) > 0 && shape[0] == 1 {
			shape = shape[1:]
		}
		if graph.Len(shape) > maxMutantWork/10 {
			return nil, errors.New("the items alone would take what is allowed")
		}
		x := &graph.Tensor{DType: v.DType, Shape: append([]int{items}, shape...)}
		for i := range graph.Len(x.Shape) {
			switch n := i*7%13 - 4; {
			case v.DType == graph.Float32:
				x.F = append(x.F, float32(n)/2)
			case v.DType == graph.Bool:
				x.I = append(x.I, int64(i&1))
			default:
				x.I = append(x.I, int64(max(n, 0)))
			}
		}
		files = append(files, dataset.InMemory(v.Name+".npy", dataset.EncodeNpy(x)))
	}
	if len(files) == 0 {
		return nil, errors.New("the network has no input")
	}
	return dataset.Open(files, dataset.FromNone)
}
