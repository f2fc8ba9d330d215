package zoo_test

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	execute "github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/onnx"
)

// tolerance is how far an answer may be from PyTorch's, of its largest value.
const tolerance = 1e-5

// Small networks for CIFAR in each form that weights come in; testdata/make.py made them.
func TestCifar(t *testing.T) {
	for _, name := range []string{"cifar_zip", "cifar_legacy", "cifar_safetensors"} {
		t.Run(name, func(t *testing.T) { answers(t, "testdata", name) })
	}
}

// Every family of torchvision's, as Debian's python3-torchvision makes and runs it: TORCHVISION=1.
func TestTorchvision(t *testing.T) {
	if os.Getenv("TORCHVISION") == "" {
		t.Skip("takes three minutes and python3-torchvision: make zoo")
	}
	dir := t.TempDir()
	if b, err := exec.Command("/usr/bin/python3", "testdata/make.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pth"))
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".pth")
		t.Run(name, func(t *testing.T) { answers(t, dir, name) })
	}
}

// answers opens NAME.pth and runs it on NAME.x.npy, against NAME.y.npy.
func answers(t *testing.T, dir, name string) {
	file := func(ext string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name+ext))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	floats := func(ext string) []float32 {
		a, err := dataset.DecodeNpy(file(ext))
		if err != nil {
			t.Fatal(err)
		}
		return a.Tensor().F
	}
	m, _, err := modelfile.Decode(file(".pth"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !g.Batch {
		t.Errorf("the batch is fixed: %q", g.Notes)
	}
	ctx := context.Background()
	r, err := execute.New(ctx, g, execute.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(ctx, floats(".x.npy")); err != nil {
		t.Fatal(err)
	}
	want, most, apart := floats(".y.npy"), 0.0, 0.0
	if len(want) != len(r.Output(0)) {
		t.Fatalf("%d answers, want %d", len(r.Output(0)), len(want))
	}
	for i, v := range r.Output(0) {
		most = max(most, math.Abs(float64(want[i])))
		apart = max(apart, math.Abs(float64(want[i])-float64(v)))
	}
	t.Logf("%.1e of %.3g", apart/most, most)
	if !(apart <= tolerance*most) {
		t.Errorf("an answer is %g from PyTorch's, of %g at most", apart, most)
	}
}
