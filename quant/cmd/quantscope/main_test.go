package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/onnx"
)

// binary is the command, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "quantscope")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "quantscope")
	if b, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, b)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// call runs the command in dir and gives its exit status and what it wrote.
func call(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	c := exec.Command(binary, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &err
	var exit *exec.ExitError
	if e := c.Run(); errors.As(e, &exit) {
		status = exit.ExitCode()
	} else if e != nil {
		t.Fatal(e)
	}
	return status, out.String(), err.String()
}

// succeed runs the command, which must, and gives what it printed.
func succeed(t *testing.T, dir string, args ...string) string {
	t.Helper()
	status, out, err := call(t, dir, args...)
	if status != 0 || err != "" {
		t.Fatalf("%s: status %d, %s", strings.Join(args, " "), status, err)
	}
	return out
}

// document runs the command with --json and reads what it printed.
func document(t *testing.T, v any, dir string, args ...string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(succeed(t, dir, append(args, "--json")...)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	if d.More() {
		t.Fatalf("%s: more than one document", strings.Join(args, " "))
	}
}

// smallModel is a network from 3×8×8 to 4 classes: the mean colours of each quarter of the image, weighed.
func smallModel() *onnx.Model {
	random := rand.New(rand.NewPCG(5, 0))
	floats := func(name string, dims ...int64) onnx.Tensor {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		f := make([]float32, n)
		for i := range f {
			f[i] = float32(random.NormFloat64())
		}
		return onnx.FromFloats(name, dims, f)
	}
	node := func(op, out string, in []string, attrs ...onnx.Attr) onnx.Node {
		return onnx.Node{Name: out, OpType: op, Inputs: in, Outputs: []string{out}, Attrs: attrs}
	}
	port := func(name string, dims ...onnx.Dim) onnx.ValueInfo {
		return onnx.ValueInfo{Name: name, Known: true, ElemType: onnx.Float, HasShape: true, Dims: dims}
	}
	fixed := func(n int64) onnx.Dim { return onnx.Dim{Value: n, Set: true} }
	batch := onnx.Dim{Param: "N"}
	return &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Name:         "small",
		Inputs:       []onnx.ValueInfo{port("image", batch, fixed(3), fixed(8), fixed(8))},
		Outputs:      []onnx.ValueInfo{port("logits", batch, fixed(4))},
		Initializers: []onnx.Tensor{floats("conv.weight", 5, 3, 3, 3), floats("conv.bias", 5), floats("fc.weight", 4, 20), floats("fc.bias", 4)},
		Nodes: []onnx.Node{
			node("Conv", "conv", []string{"image", "conv.weight", "conv.bias"}, onnx.Ints("pads", 1, 1, 1, 1)),
			node("Relu", "relu", []string{"conv"}),
			node("AveragePool", "pool", []string{"relu"}, onnx.Ints("kernel_shape", 4, 4), onnx.Ints("strides", 4, 4)),
			node("Flatten", "flat", []string{"pool"}),
			node("Gemm", "logits", []string{"flat", "fc.weight", "fc.bias"}, onnx.Flag("transB", true)),
		},
	}}
}

// smallRecipe is for images of 8×8 as they are.
const smallRecipe = `{"format":"quantscope-recipe/1","name":"config1","backend":"academic",
"weight":{"fakeQuant":"fixed","observer":"minmax","emaRatio":0,"scheme":{"bits":8,"symmetric":true,"perChannel":true,"narrow":false,"pot":false}},
"activation":{"fakeQuant":"fixed","observer":"ema_minmax","emaRatio":0.9,"scheme":{"bits":8,"symmetric":false,"perChannel":false,"narrow":false,"pot":false}},
"rule":"pytorch",
"preprocess":{"resize":0,"width":0,"height":0,"channels":"rgb","layout":"nchw","scale":0.003921569,"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25]},
"data":{"calibration":8,"batch":4,"evaluation":0,"seed":1,"overlap":false,"classOffset":0}}`

// folder is a place with a small model, its recipe and 40 labelled images.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "small.onnx"), onnx.Encode(smallModel()))
	put(t, filepath.Join(dir, "small.json"), []byte(smallRecipe))
	random := rand.New(rand.NewPCG(9, 0))
	for i := range 40 {
		m := image.NewRGBA(image.Rect(0, 0, 8, 8))
		for p := range 64 {
			m.Set(p%8, p/8, color.RGBA{uint8(random.UintN(256)), uint8(random.UintN(256)), uint8(random.UintN(256)), 255})
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "images", []string{"ant", "bee", "cat", "dog"}[i%4], fmt.Sprintf("%02d.png", i)), b.Bytes())
	}
	return dir
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help"}, {"-h"}} {
		if out := succeed(t, ".", args...); !strings.Contains(out, "quantize") {
			t.Errorf("%v: %s", args, out)
		}
	}
	if out := succeed(t, ".", "--version"); out != "quantscope "+quant.Version+"\n" {
		t.Errorf("%q", out)
	}
	for _, s := range subcommands() {
		out := succeed(t, ".", s.name, "--help")
		if !strings.HasPrefix(out, "usage: quantscope "+s.name+" ") || !strings.Contains(out, "--json") {
			t.Errorf("%s --help: %s", s.name, out)
		}
	}
}

// An interrupt ends the run with a sentence, and nothing half done is left.
func TestInterrupted(t *testing.T) {
	dir := folder(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, err bytes.Buffer
	target := filepath.Join(dir, "q.onnx")
	status := run(ctx, console{&out, &err, &disk{}}, []string{"quantize", filepath.Join(dir, "small.onnx"), filepath.Join(dir, "images"),
		"--recipe", filepath.Join(dir, "small.json"), "-o", target})
	if status != 1 || out.Len() > 0 || !strings.Contains(err.String(), "interrupted") {
		t.Errorf("status %d, %q, %q", status, out.String(), err.String())
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("a file was written")
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b}
	p.step("calibrate", 1, 64)
	p.step("evaluate", 2, 9)
	p.clear()
	if s := b.String(); !strings.Contains(s, "calibrate") || !strings.Contains(s, "1/64") || !strings.Contains(s, "evaluate") {
		t.Errorf("%q", s)
	}
	b.Reset()
	p = newProgress(&b) // no terminal
	p.step("calibrate", 1, 64)
	p.clear()
	if b.Len() > 0 {
		t.Errorf("%q was shown where there is no terminal", b.String())
	}
}
