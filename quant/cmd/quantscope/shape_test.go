package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
)

// ../shared/cases/08-dynamic-height-width leaves height and width open: --shape gives them, and without it
// the message says how.
func TestShapeFlag(t *testing.T) {
	model := filepath.Join(shared.Path(t, "cases", "08-dynamic-height-width"), "model.onnx")
	var i inspection
	document(t, &i, t.TempDir(), "inspect", model, "--shape", "x=1,3,20,24")
	if s := i.Inputs[0].Shape; len(s) != 4 || s[2] != 20 || s[3] != 24 {
		t.Errorf("shape %v", s)
	}
	for _, c := range []struct{ shape, want string }{
		{"", "--shape x=1,3,N,N"},
		{"y=1,3,20,24", "there is no such input; there are x"},
		{"x=1,3,20", "rank 4"},
		{"x=1,3,0,24", "is not a size"},
		{"1,3,20,24", "is not a shape"},
	} {
		args := []string{"inspect", model}
		if c.shape != "" {
			args = append(args, "--shape", c.shape)
		}
		if status, _, err := call(t, t.TempDir(), args...); status == 0 || !strings.Contains(err, c.want) {
			t.Errorf("%q: status %d, %s", c.shape, status, err)
		}
	}
}

// ../shared/cases/49-fixed-batch-4 has four items in each input: the message says how to take them one by one,
// and that works.
func TestFixedBatchOneByOne(t *testing.T) {
	dir := shared.Path(t, "cases", "49-fixed-batch-4")
	args := []string{"quantize", "model.onnx", "data.npy", "--recipe", "recipe.json", "--labels", "none"}
	if status, _, err := call(t, dir, args...); status == 0 || !strings.Contains(err, "--shape x=1,3,16,16") {
		t.Errorf("status %d, %s", status, err)
	}
	if out := succeed(t, dir, append(args, "--shape", "x=1,3,16,16")...); !strings.Contains(out, "of pixels get the same class") {
		t.Error(out)
	}
}
