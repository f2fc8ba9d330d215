package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// torchvisionFiles are networks with the sizes of their images, which are small where the network allows.
var torchvisionFiles = []struct {
	name string
	size int
}{
	{"shufflenet_v2_x0_5", 64}, {"regnet_y_400mf", 64}, {"lraspp_mobilenet_v3_large", 65}, {"deeplabv3_mobilenet_v3_large", 64},
	{"fcn_resnet50", 64}, {"convnext_tiny", 64}, {"swin_t", 96}, {"vit_b_32", 224}, {"maxvit_t", 224},
}

// torchvisionTolerance is how far an output may be from ONNX Runtime's, of its largest value.
const torchvisionTolerance = 1e-5

// TestTorchvisionFiles takes torchvision's networks as ONNX files of three opsets, batch free and fixed: run beside ONNX
// Runtime, quantized by one command, and what that writes loaded in ONNX Runtime. It prints a line for each.
func TestTorchvisionFiles(t *testing.T) {
	if os.Getenv("TORCHVISION") == "" {
		t.Skip("takes an hour and python3-torchvision: make zoo")
	}
	for _, n := range torchvisionFiles {
		for _, opset := range []int{11, 13, 17} {
			for _, batch := range []string{"free", "fixed"} {
				t.Run(fmt.Sprintf("%s_%d_%s", n.name, opset, batch), func(t *testing.T) {
					torchvisionFile(t, n.name, n.size, opset, batch)
				})
			}
		}
	}
}

func torchvisionFile(t *testing.T, name string, size, opset int, batch string) {
	dir := t.TempDir()
	path := filepath.Join(dir, name+".onnx")
	if b, err := exec.Command("/usr/bin/python3", "testdata/export.py", name, fmt.Sprint(size), fmt.Sprint(opset), batch, path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b[max(0, len(b)-2000):])
	}
	in := onnx.ValueInfo{Name: "x", ElemType: onnx.Float, Dims: []onnx.Dim{{Value: 1, Set: true}, {Value: 3, Set: true}, {Value: int64(size), Set: true}, {Value: int64(size), Set: true}}}
	one := npmInput(name, in)
	x := one
	if batch == "free" {
		x = &graph.Tensor{Shape: []int{2, 3, size, size}, F: repeated(one).F[:2*len(one.F)]}
	}
	put(t, filepath.Join(dir, "x.npy"), dataset.EncodeNpy(x))
	put(t, filepath.Join(dir, "data.npy"), dataset.EncodeNpy(repeated(one)))
	if status, _, stderr := call(t, dir, "run", path, "x.npy", "-o", "y.npy"); status != 0 {
		t.Fatal(stderr)
	}
	jobs := []orttest.Job{torchvisionJob(read(t, path), x)}
	orttest.RunAll(t, "node", "all", jobs)
	y, err := dataset.DecodeNpy(read(t, filepath.Join(dir, "y.npy")))
	if err != nil {
		t.Fatal(err)
	}
	apart := farthest(y.Tensor().F, jobs[0].Outputs[0].Data)
	if !(apart <= torchvisionTolerance) {
		t.Errorf("an output is %.1e of its largest value from ONNX Runtime's", apart)
	}
	status, stdout, stderr := call(t, dir, "quantize", path, "data.npy", "-o", "q.onnx")
	if status != 0 {
		t.Fatal(stderr)
	}
	orttest.RunAll(t, "node", "all", []orttest.Job{torchvisionJob(read(t, filepath.Join(dir, "q.onnx")), one)})
	note := ""
	if batch == "free" && strings.Contains(stdout+stderr, "batch is fixed at 1") {
		note = ", its batch fixed at 1"
	}
	t.Logf("%.1e from ONNX Runtime; quantized and loaded%s", apart, note)
}

func torchvisionJob(model []byte, x *graph.Tensor) orttest.Job {
	return orttest.Job{Model: model, Inputs: []orttest.Tensor{{Name: "x", Shape: x.Shape, Data: x.F}}, Outputs: []orttest.Tensor{{Name: "y"}}}
}
