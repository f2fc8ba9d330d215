package zoo

import (
	"os"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/weights"
)

// TestNear says of tensors that nearly make a network which of them is to blame.
func TestNear(t *testing.T) {
	b, err := os.ReadFile("testdata/cifar_safetensors.pth")
	if err != nil {
		t.Fatal(err)
	}
	rename := func(d *weights.Dict, from, to string) {
		for i, name := range d.Names {
			if name == from {
				d.Names[i], d.Tensors[to] = to, d.Tensors[from]
				delete(d.Tensors, from)
			}
		}
	}
	dims := func(d *weights.Dict, name string, shape ...int64) {
		d.Tensors[name] = &onnx.Tensor{Name: name, Dims: shape}
	}
	for name, c := range map[string]struct {
		change func(d *weights.Dict)
		want   string
	}{
		"renamed": {func(d *weights.Dict) { rename(d, "conv1.weight", "conv9.weight") }, `the nearest is ResNet, of which "conv1.weight" is missing`},
		"another": {func(d *weights.Dict) { rename(d, "bn1.weight", "bn9.weight") }, `tensor "bn1.weight" is missing`},
		"first":   {func(d *weights.Dict) { dims(d, "conv1.weight", 3, 3, 3, 4) }, `tensor "conv1.weight" [3 3 3 4] gives 3 channels and "bn1.weight" [4] takes 4`},
		"middle":  {func(d *weights.Dict) { dims(d, "layer1.0.conv2.weight", 4, 5, 3, 3) }, `"layer1.0.conv2.weight" [4 5 3 3] takes 5`},
		"last":    {func(d *weights.Dict) { dims(d, "linear.weight", 10, 15) }, `"linear.weight" [10 15] takes 15`},
		"alone": {func(d *weights.Dict) {
			d.Names, d.Tensors = []string{"w"}, map[string]*onnx.Tensor{"w": {}}
		}, `with one tensor, "w", belonging to no network`},
	} {
		d, err := weights.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if d.Tensors["linear.weight"] == nil {
			t.Fatal(d.Names)
		}
		c.change(d)
		if _, err := Build(d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
