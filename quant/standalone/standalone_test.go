package standalone

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	engine "github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// networks are one with classes, one with an image and a class for it, and one that also gives a constant.
func networks(t *testing.T) map[string]*graph.Graph {
	r := rand.New(rand.NewPCG(5, 0))
	conv := func(b *graphtest.Builder, name string, x graph.ValueID, in, out int) graph.ValueID {
		w := make([]float32, out*in*9)
		for i := range w {
			w[i] = float32(r.NormFloat64())
		}
		return b.Node(name, graph.Conv{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: []int{1, 1, 1, 1}},
			x, b.Const(name+".weight", w, out, in, 3, 3), b.Const(name+".bias", make([]float32, out), out))
	}
	nets := map[string]*graph.Graph{}
	b := graphtest.New(t)
	y := b.Node("relu", graph.Relu{}, conv(b, "a", b.Input("x", 1, 3, 7, 5), 3, 6))
	y = b.Node("flatten", graph.Reshape{Shape: []int{1, 4}}, b.Node("gap", graph.GlobalAveragePool{}, conv(b, "b", y, 6, 4)))
	nets["classes"] = b.Outputs(y)
	b = graphtest.New(t)
	y = b.Node("relu", graph.Relu{}, conv(b, "a", b.Input("x", 1, 2, 6, 4), 2, 5))
	nets["images"] = b.Outputs(conv(b, "b", y, 5, 3), y, b.Node("gap", graph.GlobalAveragePool{}, y))
	b = graphtest.New(t)
	y = b.Node("sum", graph.Add{}, conv(b, "a", b.Input("x", 1, 2, 4, 4), 2, 2), conv(b, "b", b.Input("z", 1, 2, 4, 4), 2, 2))
	nets["two inputs, a constant out"] = b.Outputs(y, b.Const("c", []float32{1.5, -2}, 2))
	return nets
}

// calibrated quantizes a graph on random inputs.
func calibrated(t *testing.T, g *graph.Graph) *calibrate.Calibrated {
	t.Helper()
	recipe, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	recipe.Data.Seed = 1 << 60
	p, err := prepare.Prepare(g, recipe)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 0))
	c, err := calibrate.Run(context.Background(), p, calibrate.Items{Len: 4, Inputs: func(int) ([][]float32, error) {
		var out [][]float32
		for _, v := range g.Inputs {
			x := make([]float32, graph.Len(g.Values[v].Shape))
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			out = append(out, x)
		}
		return out, nil
	}}, 1, func(_, _ int) {})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// host is a module as any host has it.
type host struct {
	t *testing.T
	api.Module
	about About
}

func open(t *testing.T, module []byte) host {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { r.Close(ctx) })
	m, err := r.Instantiate(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	h := host{t: t, Module: m}
	text, _ := m.Memory().Read(h.call("about"), h.call("about_size"))
	if err := json.Unmarshal(text, &h.about); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h host) call(name string) uint32 {
	h.t.Helper()
	out, err := h.ExportedFunction(name).Call(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	if len(out) == 0 {
		return 0
	}
	return uint32(out[0])
}

// infer gives the bits of all outputs.
func (h host) infer(inputs [][]float32) (out []uint32) {
	for i, x := range inputs {
		for k, v := range x {
			h.Memory().WriteFloat32Le(h.about.Inputs[i].At+uint32(4*k), v)
		}
	}
	h.call("infer")
	for _, o := range h.about.Outputs {
		b, _ := h.Memory().Read(o.At, uint32(4*graph.Len(o.Shape)))
		for len(b) > 0 {
			out, b = append(out, binary.LittleEndian.Uint32(b)), b[4:]
		}
	}
	return out
}

// TestModule runs networks on their probes and on other inputs as a host does, beside the engine.
func TestModule(t *testing.T) {
	for name, g := range networks(t) {
		t.Run(name, func(t *testing.T) {
			c := calibrated(t, g)
			module, err := Module(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Module(context.Background(), c)
			if err != nil || !bytes.Equal(module, again) {
				t.Fatal("the same network gives other bytes", err)
			}
			h := open(t, module)
			if n := h.call("check"); n != 0 {
				t.Fatalf("%d values differ on the probes", n)
			}
			r, err := engine.New(t.Context(), c.Quantized(calibrate.All).Graph, engine.Config{Integer: true, Dot: call.DotI16})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for k := range 4 { // the first of them probes
				x := evidence.Inputs(c, c.Recipe.Data.Seed, k)
				if err := r.Run(t.Context(), x...); err != nil {
					t.Fatal(err)
				}
				var want []uint32
				for i, v := range g.Outputs {
					if !slices.Equal(h.about.Outputs[i].Shape, g.Values[v].Shape) || h.about.Outputs[i].Name != g.Values[v].Name {
						t.Fatalf("output %d is %v", i, h.about.Outputs[i])
					}
					for _, f := range r.Output(i) {
						want = append(want, math.Float32bits(f))
					}
				}
				if got := h.infer(x); !slices.Equal(got, want) {
					t.Fatalf("inputs %d give %x, want %x", k, got, want)
				}
			}
		})
	}
}

// TestCheck changes bits of all that lies in memory before a run, constants, program and what check itself reads: check tells,
// or it traps.
func TestCheck(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 0))
	for name, g := range networks(t) {
		t.Run(name, func(t *testing.T) {
			c := calibrated(t, g)
			module, err := Module(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			image, err := engine.Compile(context.Background(), c.Quantized(calibrate.All).Graph, engine.Config{Integer: true, Dot: call.DotI16})
			if err != nil {
				t.Fatal(err)
			}
			h := open(t, module)
			memory, _ := h.Memory().Read(0, h.Memory().Size())
			before := bytes.Clone(memory)
			last := h.about.Outputs[len(h.about.Outputs)-1]
			tail := last.At + uint32(4*graph.Len(last.Shape))
			end := h.call("about") + h.call("about_size")
			for range 1000 {
				at := r.Uint32N(uint32(len(image.Memory)) + end - tail)
				if at >= uint32(len(image.Memory)) {
					at += tail - uint32(len(image.Memory))
				}
				bit := byte(1) << r.UintN(8)
				memory[at] ^= bit
				out, err := h.ExportedFunction("check").Call(t.Context())
				if err == nil && out[0] == 0 {
					t.Errorf("bit %#x of the byte at %d of memory is not told", bit, at)
				}
				copy(memory, before)
			}
			if n := h.call("check"); n != 0 {
				t.Errorf("%d values differ once all is as it was", n)
			}
		})
	}
}

// TestCheckOfLayers changes an instruction of the network, which no digest of memory has: codes end at 127 in place of 255.
// More is told than that the outputs of a probe are others.
func TestCheckOfLayers(t *testing.T) {
	c := calibrated(t, networks(t)["images"])
	module, err := Module(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	most := uint64(0)
	narrow := []byte{0xfd, 0x66} // i8x16.narrow_i16x8_u, and one number less is the signed one
	for at, n := 0, bytes.Count(module, narrow); n > 0; n-- {
		at += 1 + bytes.Index(module[at+1:], narrow)
		changed := bytes.Clone(module)
		changed[at+1]--
		r := wazero.NewRuntime(t.Context())
		if m, err := r.Instantiate(t.Context(), changed); err == nil {
			if out, err := m.ExportedFunction("check").Call(t.Context()); err == nil {
				most = max(most, out[0])
			}
		}
		r.Close(t.Context())
	}
	if most <= evidence.Probes {
		t.Errorf("at most %d values are told", most)
	}
}

// TestCheckIsOfThisRun leaves memory full of another run: check begins anew, and what it leaves is of no effect.
func TestCheckIsOfThisRun(t *testing.T) {
	c := calibrated(t, networks(t)["images"])
	module, err := Module(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, module)
	x := evidence.Inputs(c, 77, 1)
	want := h.infer(x)
	for range 2 {
		if n := h.call("check"); n != 0 {
			t.Errorf("%d values differ after a run", n)
		}
		if !slices.Equal(h.infer(x), want) {
			t.Error("after a check the outputs are others")
		}
	}
}

// TestSeal changes any bit of a file: the sum at its end tells.
func TestSeal(t *testing.T) {
	module, err := Module(context.Background(), calibrated(t, networks(t)["classes"]))
	if err != nil {
		t.Fatal(err)
	}
	sealed := func() bool {
		sum := sha256.Sum256(module[:len(module)-sha256.Size])
		return bytes.Equal(sum[:], module[len(module)-sha256.Size:])
	}
	if !sealed() {
		t.Error("the sum is another")
	}
	for at := 0; at < len(module); at += 997 {
		module[at] ^= 4
		if sealed() {
			t.Errorf("byte %d is not in the sum", at)
		}
		module[at] ^= 4
	}
}

// unlike is a module with another weight than the network had when its check was made, in a file that is sealed again.
func unlike(t *testing.T, module []byte, image *engine.Image) []byte {
	at := bytes.Index(module, image.Memory)
	if at < 0 {
		t.Fatal("the image is not in the module")
	}
	changed := bytes.Clone(module[:len(module)-len(seal(nil))])
	changed[at+len(image.Memory)/2] ^= 1
	return seal(changed)
}

// TestHosts runs a module with the programs that are written beside it, and compares their words with the engine.
func TestHosts(t *testing.T) {
	c := calibrated(t, networks(t)["two inputs, a constant out"])
	module, err := Module(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	inputs := evidence.Inputs(c, 1, 0)
	args := []string{write("net.wasm", module)}
	for i, x := range inputs {
		b, err := binary.Append(nil, binary.LittleEndian, x)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, write(fmt.Sprint(i, ".f32"), b))
	}
	want := open(t, module).infer(inputs)
	short, long := write("short.f32", make([]byte, 100)), write("long.f32", make([]byte, 20_000_000))
	image, err := engine.Compile(t.Context(), c.Quantized(calibrate.All).Graph, engine.Config{Integer: true, Dot: call.DotI16})
	if err != nil {
		t.Fatal(err)
	}
	changed := write("changed.wasm", unlike(t, module, image))
	module[len(module)/2] ^= 1
	broken := write("broken.wasm", module)
	hosts := Hosts()
	for name, command := range map[string][]string{"host.mjs": {"node"}, "host.go": {"go", "run"}, "host.py": {"python3"}} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil && name != "host.py" {
				t.Skip("needs " + command[0])
			}
			program := write(name, hosts[name])
			if name == "host.go" {
				program = "hosts/host.go" // where its module's dependencies are
			}
			if name == "host.py" && exec.Command("python3", "-c", "import wasmtime").Run() != nil {
				t.Skip("no Python with wasmtime here")
			}
			out, err := exec.Command(command[0], append(append(command[1:], program), args...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if !bytes.HasPrefix(out, []byte("check: 0 values differ\n")) {
				t.Errorf("it says %s", out)
			}
			var got []uint32
			for _, word := range strings.FieldsFunc(string(out), func(r rune) bool { return strings.ContainsRune(" []\n", r) })[4:] {
				if strings.HasSuffix(word, ":") {
					continue
				}
				x, err := strconv.ParseFloat(word, 32)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, math.Float32bits(float32(x)))
			}
			if !slices.Equal(got, want) {
				t.Errorf("it prints %s, want %x", out, want)
			}
			for _, c := range []struct {
				args []string
				want string
			}{
				{[]string{args[0], args[1], short}, "short.f32 has 100 bytes; input z "},
				{[]string{args[0], args[1], long}, "long.f32 has 20000000 bytes; input z "},
				{[]string{args[0], args[1]}, "There are 1 files, and the network has 2 inputs."},
				{[]string{args[0], args[1], filepath.Join(dir, "none")}, "none"},
				{[]string{changed}, " values differ\nThe network does not compute here"},
				{[]string{broken}, "broken.wasm does not run: it is not as it was written, copy it again"},
				{[]string{short}, "short.f32 does not run: "},
				{[]string{write("empty", nil)}, "empty does not run: "},
				{nil, " net.wasm [input.f32 "},
			} {
				out, err := exec.Command(command[0], append(append(command[1:], program), c.args...)...).CombinedOutput()
				said := strings.TrimPrefix(strings.TrimSuffix(string(out), "exit status 1\n"), "check: 0 values differ\n") // the end is go run's
				if err == nil || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1+strings.Count(c.want, "\n") {
					t.Errorf("%v: %v, %s", c.args, err, said)
				}
			}
		})
	}
}

func TestPageQuotes(t *testing.T) {
	r, err := recipe.Preset("qdq")
	if err != nil {
		t.Fatal(err)
	}
	page, err := Page([]byte("\x00asm"), "</title><script>", r)
	if err != nil || bytes.Contains(page, []byte("</title><script>")) || bytes.Contains(page, []byte("{{")) {
		t.Errorf("%v: %s", err, page)
	}
}
