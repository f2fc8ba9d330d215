package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// refusedCases are those of ../shared/cases that do not run yet, with what they are told.
var refusedCases = map[string]string{
	"45-bn-five-outputs-opset9": "training mode",
}

// TestCases runs what people have brought, each network on the tensors beside it, against what ONNX Runtime
// made of them.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(shared.Path(t, "cases"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range folders {
		name := filepath.Base(dir)
		inputs, _ := filepath.Glob(filepath.Join(dir, "x*.npy"))
		want, _ := filepath.Glob(filepath.Join(dir, "expected_ort*.npy"))
		if _, err := os.Stat(filepath.Join(dir, "model.onnx")); err != nil || len(inputs) == 0 || len(want) == 0 {
			continue // a case of another command
		}
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			args := append([]string{"run", filepath.Join(dir, "model.onnx")}, inputs...)
			for i := range want {
				args = append(args, "-o", filepath.Join(out, fmt.Sprint(i, ".npy")))
			}
			status, _, stderr := call(t, out, args...)
			if words, refused := refusedCases[name]; refused {
				if status == 0 || !strings.Contains(stderr, words) {
					t.Fatalf("exit status %d: %s", status, stderr)
				}
				return
			}
			if status != 0 {
				t.Fatal(stderr)
			}
			for i, file := range want {
				a, err := dataset.DecodeNpy(read(t, file))
				if err != nil {
					t.Fatal(err)
				}
				b, err := dataset.DecodeNpy(read(t, filepath.Join(out, fmt.Sprint(i, ".npy"))))
				if err != nil {
					t.Fatal(err)
				}
				x, y := a.Tensor(), b.Tensor()
				if x.DType != y.DType || !slices.Equal(x.Shape, y.Shape) {
					t.Fatalf("output %d is %v %v, want %v %v", i, y.DType, y.Shape, x.DType, x.Shape)
				}
				if !slices.Equal(x.I, y.I) {
					t.Errorf("output %d differs", i)
				}
				most, tolerance := 0.0, 1e-5
				if strings.Contains(name, "fp16") {
					tolerance = 1e-3 // ONNX Runtime computes in float16
				}
				for _, v := range x.F {
					most = max(most, math.Abs(float64(v)))
				}
				for k, v := range x.F {
					if d := math.Abs(float64(v) - float64(y.F[k])); !(d <= tolerance*most) && v != y.F[k] {
						t.Fatalf("output %d: element %d is %v, want %v", i, k, y.F[k], v)
					}
				}
			}
		})
	}
}
