package export

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// A Resize is written as Upsample, whose first input alone has a number, once more for the Permute that
// NNIE puts behind it; a convolution in groups has none.
func TestNNIEUpsamples(t *testing.T) {
	n := newNet(1, 4, 3, 3)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 4, 1, 1)})
	n.then("Resize", []string{"", n.constant("scales", []int64{4}, 1, 1, 2, 3)}, onnx.Text("mode", "nearest"), onnx.Text("coordinate_transformation_mode", "asymmetric"), onnx.Text("nearest_mode", "floor"))
	n.then("Conv", []string{n.weight("b.weight", 0, 4, 2, 1, 1)}, onnx.Int("group", 2))
	n.then("Conv", []string{n.weight("c.weight", 0, 2, 4, 1, 1)})
	c, _ := calibrated(t, n.build(t), preset(t, "nnie", 8, 8))
	files, _, err := Export(t.Context(), "nnie", "net", c)
	if err != nil {
		t.Fatal(err)
	}
	text := listing(t, files[0].Bytes)
	for _, line := range []string{"Resizeb = Upsample(Conva Resizeb_upsample_scales)", "Resizeb_upsample_scales float [4] [1 1 2 3]"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	var most [4]string // of the input and of what each node makes
	for i, q := range c.Quantizers {
		for k, name := range []string{"x", "Conva", "Resizeb", "Convc"} {
			if c.Graph.Values[q.Value].Name == name {
				most[k] = decimal(c.Params[i].Scale[0])
			}
		}
	}
	doc := strings.Join(strings.Fields(string(files[1].Bytes)), "")
	want := `{"nnie":{"gfpq_param_dict":{"Conva":[` + most[0] + `],"Resizeb":[` + most[1] + `],"Resizeb_permute_0":[` + most[1] + `],"Convd":[` + most[3] + `]}}}`
	if doc != want {
		t.Errorf("got  %s\nwant %s", doc, want)
	}
	if err := rereadUpsamples(files[0].Bytes, map[string][]float32{"Resizeb": {1, 1, 2, 2}}); err == nil {
		t.Error("other scales are not found")
	}
}
