// Package orttest runs networks in ONNX Runtime, native or as WebAssembly, for tests that hold ours against
// it.
package orttest

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"golang.org/x/sys/cpu"
)

// Run runs a model in ONNX Runtime, engine "node" or "web", on inputs of the shape laid one after the
// other, and gives its first output. level is ONNX Runtime's graph optimization level. The test is skipped
// where there is no Node.js or no such engine.
func Run(t *testing.T, engine string, model []byte, shape []int, inputs []float32, level string) []float32 {
	t.Helper()
	engine = exact(t, engine)
	node, script := find(t, engine, "ort.mjs")
	dir := t.TempDir()
	in, out, file := filepath.Join(dir, "in.f32"), filepath.Join(dir, "out.f32"), filepath.Join(dir, "model.onnx")
	for path, b := range map[string][]byte{file: model, in: littleEndian(inputs)} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dims := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ","), "[]")
	if b, err := exec.Command(node, script, engine, file, in, out, dims, level).CombinedOutput(); err != nil {
		t.Fatalf("ONNX Runtime (%s): %v\n%.2000s", engine, err, b)
	}
	y, err := readFloats(out)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// exact is the engine, but WebAssembly's in place of the native one on an x86 processor without VNNI: there
// native ONNX Runtime adds products of u8 and s8 codes in 16 bits, which saturate.
func exact(t *testing.T, engine string) string {
	if engine == "node" && runtime.GOARCH == "amd64" && !cpu.X86.HasAVX512VNNI && !cpu.X86.HasAVXVNNI {
		t.Log("no VNNI, so that native ONNX Runtime saturates: in WebAssembly")
		return "web"
	}
	return engine
}

// find gives Node.js and a script for an engine, and skips the test where one is missing.
func find(t *testing.T, engine, name string) (node, script string) {
	t.Helper()
	script = filepath.Join(shared.Project(t), "site", "e2e", name)
	if _, err := os.Stat(filepath.Join(filepath.Dir(script), "node_modules", "onnxruntime-"+engine)); err != nil {
		t.Skipf("needs onnxruntime-%s: npm ci in site/e2e", engine)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node.js")
	}
	return node, script
}

func readFloats(path string) ([]float32, error) {
	b, err := os.ReadFile(path)
	y := make([]float32, len(b)/4)
	for i := range y {
		y[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return y, err
}

func littleEndian(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
