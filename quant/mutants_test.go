package quant_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// What a mutant may take: the time in which it is imported, planned and run or refused, and what a run
// that is told to end at that time still may.
const (
	mutantTime  = 10 * time.Second
	mutantGrace = 80 * time.Second // on a busy machine
)

// TestMutants changes models at random, in their bytes or in what they say, and opens and runs them: none
// panics, hangs, or takes more memory than 10 × file + 1 GiB. MUTANTS says how many, and MUTANT_SEED which;
// make mutants runs 100,000. One that fails is kept in the folder that the test names.
func TestMutants(t *testing.T) {
	count := numberFrom(t, "MUTANTS", 300)
	if testing.Short() {
		count = min(count, 100)
	}
	seed := uint64(numberFrom(t, "MUTANT_SEED", 1))
	seeds := mutantSeeds(t)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30)) // what needs more is to be refused
	outcomes := map[string]int{}
	for i := range count {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		file := mutate(r, seeds)
		outcome, err := openMutant(file, runMutant)
		outcomes[outcome]++
		if err != nil {
			kept := filepath.Join(os.TempDir(), fmt.Sprintf("mutant-%d-%d.onnx", seed, i))
			if err := os.WriteFile(kept, file, 0o644); err != nil {
				t.Fatal(err)
			}
			t.Errorf("mutant %d, kept as %s: %v", i, kept, err)
		}
	}
	t.Logf("of %d mutants of %d models: %v", count, len(seeds), outcomes)
	if outcomes["opens"] == 0 || outcomes["is refused"] == 0 {
		t.Errorf("the mutants are all alike: %v", outcomes)
	}
}

func numberFrom(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// mutantSeeds are the sample and, where they are at hand, the small models of ../shared.
func mutantSeeds(t *testing.T) [][]byte {
	t.Helper()
	names := []string{filepath.Join("..", "site", "static", "sample", "model.onnx")}
	for _, pattern := range []string{"onnx-node/*/model.onnx", "cases/*/*.onnx", "golden/backends/*/*.onnx"} {
		more, err := filepath.Glob(filepath.Join("..", "..", "shared", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, more...)
	}
	var seeds [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 200_000 {
			seeds = append(seeds, b)
		}
	}
	return seeds
}

// openMutant says what became of a file that use makes something of, and what is wrong with that.
func openMutant(file []byte, use func(ctx context.Context, file []byte) error) (outcome string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), mutantTime)
	defer cancel()
	defer func() {
		if why := recover(); why != nil {
			outcome, err = "panics", fmt.Errorf("panic: %v\n%s", why, debug.Stack())
		}
	}()
	begin := time.Now()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins anew, where the system has one
	before := peak()
	hung := time.AfterFunc(12*mutantTime, func() { // nothing else would tell which one it was
		kept := filepath.Join(os.TempDir(), "mutant-hung.onnx")
		os.WriteFile(kept, file, 0o644)
		panic("a mutant hangs; it is kept as " + kept)
	})
	defer hung.Stop()
	refused := use(ctx, file)
	outcome = "opens"
	switch {
	case errors.Is(refused, errWrong):
		return "is taken for another", refused
	case errors.Is(refused, context.DeadlineExceeded):
		outcome = "is ended after 10 s"
	case refused != nil:
		outcome = "is refused"
	}
	if took := time.Since(begin); took > mutantTime+mutantGrace {
		return outcome, fmt.Errorf("it %s after %v", outcome, took.Round(time.Second))
	}
	if now, most := peak(), int64(10*len(file)+1<<30); now > before && now-before > most {
		return outcome, fmt.Errorf("it takes %d MiB", (now-before)>>20)
	}
	if refused != nil && outcome == "is refused" && (strings.Contains(refused.Error(), "\n") || strings.Contains(refused.Error(), "runtime error")) {
		return outcome, fmt.Errorf("it is refused with %q", refused)
	}
	return outcome, nil
}

// errWrong is wrapped by what is wrong with a mutant that is accepted.
var errWrong = errors.New("wrong")

func runMutant(ctx context.Context, file []byte) error {
	m, err := quant.Import("mutant.onnx", file, nil)
	if err != nil {
		return err
	}
	r, err := exec.New(ctx, m.Graph, exec.Config{})
	if err != nil {
		return err
	}
	defer r.Close()
	if work(m.Graph) > maxMutantWork {
		return nil
	}
	var inputs [][]float32
	for _, v := range m.Graph.Inputs {
		x := make([]float32, graph.Len(m.Graph.Values[v].Shape))
		for i := range x {
			x[i] = float32(i%7) - 3
		}
		inputs = append(inputs, x)
	}
	return r.Run(ctx, inputs...)
}

// maxMutantWork is what a mutant may compute: a kernel's call is ended with the process, not before.
const maxMutantWork = 1e8

// work is about how many products and comparisons a network takes.
func work(g *graph.Graph) (sum float64) {
	length := func(v graph.ValueID) float64 { return float64(graph.Len(g.Values[v].Shape)) }
	window := func(kernel []int) float64 {
		n := 1.0
		for _, k := range kernel {
			n *= float64(k)
		}
		return n
	}
	for _, n := range g.Nodes {
		out := length(n.Outputs[0])
		switch op := n.Op.(type) {
		case graph.MaxPool:
			out *= window(op.Kernel)
		case graph.AveragePool:
			out *= window(op.Kernel)
		case graph.Conv:
			out *= length(n.Inputs[1]) / float64(max(g.Values[n.Inputs[1]].Shape[0], 1))
		case graph.ConvTranspose:
			out *= window(op.Kernel) * float64(g.Values[n.Inputs[1]].Shape[0]) // of weights that are no constants every position is looked at
		case graph.LRN:
			out *= float64(op.Size)
		case graph.MatMul, graph.Gemm:
			out *= math.Sqrt(length(n.Inputs[0]) * length(n.Inputs[1]) / max(out, 1))
		}
		sum += out
	}
	return sum
}

// peak is the most memory that the process had so far, in bytes; 0 where the system does not tell.
func peak() int64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, text, _ := strings.Cut(string(b), "VmHWM:")
	kilobytes, _, _ := strings.Cut(text, "kB")
	n, _ := strconv.ParseInt(strings.TrimSpace(kilobytes), 10, 64)
	return n << 10
}

// mutate changes one of the seeds in a few places.
func mutate(r *rand.Rand, seeds [][]byte) []byte {
	file := slices.Clone(seeds[r.IntN(len(seeds))])
	if r.IntN(3) == 0 {
		return mutateBytes(r, file, seeds)
	}
	m, err := onnx.Decode(file)
	if err != nil || m.Graph == nil || len(m.Graph.Nodes) == 0 {
		return mutateBytes(r, file, seeds)
	}
	for range 1 + r.IntN(4) {
		mutateModel(r, m)
	}
	return onnx.Encode(m)
}

func mutateBytes(r *rand.Rand, b []byte, seeds [][]byte) []byte {
	for range 1 + r.IntN(8) {
		if len(b) == 0 {
			return b
		}
		at := r.IntN(len(b))
		switch r.IntN(6) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = []byte{0, 1, 0x7f, 0x80, 0xff}[r.IntN(5)]
		case 2:
			b = slices.Delete(b, at, min(len(b), at+1+r.IntN(9)))
		case 3:
			b = slices.Insert(b, at, b[at:min(len(b), at+1+r.IntN(64))]...)
		case 4:
			other := seeds[r.IntN(len(seeds))]
			from := r.IntN(len(other))
			b = slices.Insert(b, at, other[from:min(len(other), from+1+r.IntN(64))]...)
		case 5:
			if r.IntN(8) == 0 {
				b = b[:at]
			}
		}
	}
	return b
}

// mutateModel changes one number or name of a model to another, often an extreme one.
func mutateModel(r *rand.Rand, m *onnx.Model) {
	extreme := []int64{math.MinInt64, -1 << 31, -9, -2, -1, 0, 1, 2, 3, 7, 8, 255, 1 << 15, 1 << 20, 1 << 26, 1 << 31, 1 << 62, math.MaxInt64}
	any := func() int64 { return extreme[r.IntN(len(extreme))] }
	g := m.Graph
	n := &g.Nodes[r.IntN(len(g.Nodes))]
	other := &g.Nodes[r.IntN(len(g.Nodes))]
	switch r.IntN(10) {
	case 0:
		supported := onnx.Supported()
		n.OpType = supported[r.IntN(len(supported))]
	case 1:
		if len(n.Inputs) > 0 && len(other.Outputs) > 0 {
			n.Inputs[r.IntN(len(n.Inputs))] = other.Outputs[0]
		}
	case 2:
		if len(n.Inputs) > 0 && len(g.Initializers) > 0 {
			n.Inputs[r.IntN(len(n.Inputs))] = g.Initializers[r.IntN(len(g.Initializers))].Name
		}
	case 3, 4:
		if len(n.Attrs) > 0 {
			a := &n.Attrs[r.IntN(len(n.Attrs))]
			a.I, a.F = any(), float32(any())
			if len(a.Ints) > 0 {
				a.Ints[r.IntN(len(a.Ints))] = any()
			}
		}
	case 5:
		if len(other.Attrs) > 0 {
			n.Attrs = append(n.Attrs, other.Attrs[r.IntN(len(other.Attrs))])
		}
	case 6:
		if len(g.Inputs) > 0 {
			in := &g.Inputs[r.IntN(len(g.Inputs))]
			if len(in.Dims) > 0 {
				d := &in.Dims[r.IntN(len(in.Dims))]
				d.Value, d.Param, d.Set = any(), "", true
			}
		}
	case 7:
		if len(g.Initializers) > 0 {
			t := &g.Initializers[r.IntN(len(g.Initializers))]
			if len(t.Dims) > 0 {
				t.Dims[r.IntN(len(t.Dims))] = any()
			}
			if r.IntN(4) == 0 {
				t.DataType = onnx.DataType(r.IntN(20))
			}
		}
	case 8:
		if len(m.Opsets) > 0 {
			m.Opsets[0].Version = int64(5 + r.IntN(22))
		}
	case 9:
		g.Nodes = slices.Insert(g.Nodes, r.IntN(len(g.Nodes)), *n)
		if len(g.Outputs) > 0 && len(other.Outputs) > 0 && r.IntN(2) == 0 {
			g.Outputs[0].Name = other.Outputs[0]
		}
	}
}
