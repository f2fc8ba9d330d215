package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Wrong input is one sentence and status 1, a wrong command line one sentence and status 2; standard
// output stays empty.
func TestWrong(t *testing.T) {
	dir := folder(t)
	model := onnx.Encode(smallModel())
	put(t, filepath.Join(dir, "cut.onnx"), model[:len(model)/2])
	put(t, filepath.Join(dir, "model.pt"), []byte("PK\x03\x04archive/data.pkl"))
	put(t, filepath.Join(dir, "text.json"), []byte("{}"))
	put(t, filepath.Join(dir, "empty.onnx"), nil)
	put(t, filepath.Join(dir, "empty", "readme.txt"), []byte("nothing"))
	put(t, filepath.Join(dir, "broken", "a.png"), []byte("no image"))
	put(t, filepath.Join(dir, "broken", "b.png"), []byte("no image either"))
	put(t, filepath.Join(dir, "wide.npy"), dataset.EncodeNpy(randomTensor(1, 3, 8, 9)))
	put(t, filepath.Join(dir, "six.npy"), dataset.EncodeNpy(randomTensor(6, 3, 8, 8)))
	unknown := smallModel()
	unknown.Graph.Nodes[1].OpType = "Frobnicate"
	put(t, filepath.Join(dir, "unknown.onnx"), onnx.Encode(unknown))

	recipe := []string{"--recipe", "small.json"}
	for _, test := range []struct {
		status int
		want   string
		args   []string
	}{
		{2, "name a subcommand", nil},
		{2, "no subcommand \"quantise\"", []string{"quantise"}},
		{2, "no flag: -colour", []string{"inspect", "small.onnx", "--colour"}},
		{2, "too few", []string{"inspect"}},
		{2, "needs data", []string{"inspect", "small.onnx", "--layer", "conv"}},
		{2, "--config needs data", []string{"inspect", "small.onnx", "--config", "config2"}},
		{2, "--learn says how the recipe is made better: give --recommended too", []string{"quantize", "small.onnx", "images", "--learn", "gptq"}},
		{2, "--by is for a front", []string{"search", "small.onnx", "images", "--by", "bytes", "--bytes", "1000"}},
		{1, "no layer", []string{"inspect", "small.onnx", "images", "--recipe", "small.json", "--layer", "conv99"}},
		{2, "too few", []string{"quantize", "small.onnx"}},
		{2, "config3", []string{"quantize", "small.onnx", "images", "--config", "config3"}},
		{2, "not both", append([]string{"quantize", "small.onnx", "images", "--config", "config1"}, recipe...)},
		{2, "no preprocessing \"mnits\"", []string{"eval", "small.onnx", "images", "--preprocess", "mnits"}},
		{2, "-calibration", []string{"quantize", "small.onnx", "images", "--calibration", "many"}},
		{2, "the seed is 9007199254740993", []string{"quantize", "small.onnx", "images", "--seed", "9007199254740993"}},
		{1, "not a Quantscope receipt", []string{"verify", "text.json"}}, // before what is missing

		{1, "there is no file none.onnx", []string{"inspect", "none.onnx"}},
		{1, "folder", []string{"inspect", "images"}},
		{1, "cut.onnx", []string{"inspect", "cut.onnx"}},
		{1, "PyTorch", []string{"inspect", "model.pt"}},
		{1, "empty.onnx", []string{"inspect", "empty.onnx"}},
		{1, "Frobnicate", []string{"inspect", "unknown.onnx"}},
		{1, "there is no file none.npy", []string{"run", "small.onnx", "none.npy"}},
		{1, ".npy", []string{"run", "small.onnx", "images"}},
		{1, "[1 3 8 9]", []string{"run", "small.onnx", "wide.npy"}},
		{1, `one too many: its only input is "image"`, []string{"run", "small.onnx", "six.npy", "six.npy"}},
		{1, `no input "x": its only input is "image"`, []string{"run", "small.onnx", "x=six.npy"}},
		{1, `no output "nope": its only output is`, []string{"run", "small.onnx", "six.npy", "-o", "nope=x.npy"}},
		{2, "a file has a name", []string{"run", "small.onnx", "six.npy", "-o", ""}},
		{2, "a file has a name", []string{"quantize", "small.onnx", "images", "-o", ""}},
		{2, "/dev/stdout", []string{"quantize", "small.onnx", "images", "--receipt", "-"}},
		{2, "is not a size", []string{"quantize", "small.onnx", "images", "--crop", "0x0"}},
		{1, "the preset qdq gives what it takes, and this recipe goes with --format nnie or", []string{"quantize", "small.onnx", "images", "--config", "nnie", "--format", "qdq"}},
		{1, "the preset nnie gives what it takes, and this recipe goes with --format qdq or", []string{"quantize", "small.onnx", "images", "--config", "config1", "--format", "nnie"}},
		{1, "written as .npy or .pb", []string{"run", "small.onnx", "six.npy", "-o", "out.txt"}},
		{1, "cannot be written", []string{"run", "small.onnx", "six.npy", "-o", "no/out.npy"}},
		{1, "--preprocess", []string{"eval", "small.onnx", "images"}},
		{1, "there is no file none", []string{"quantize", "small.onnx", "none"}},
		{1, "no images", append([]string{"quantize", "small.onnx", "empty"}, recipe...)},
		{1, "broken/", append([]string{"quantize", "small.onnx", "broken"}, recipe...)},
		{1, "224×224", []string{"quantize", "small.onnx", "images", "--crop", "224"}},
		{1, "labels from \"guess\"", []string{"quantize", "small.onnx", "images", "--labels", "guess"}},
		{2, "data.calibration", append([]string{"quantize", "small.onnx", "images", "--calibration", "-1"}, recipe...)},
		{1, "cannot be written", append([]string{"quantize", "small.onnx", "images", "-o", "no/q.onnx"}, recipe...)},
		{1, "it takes a dictionary, assignments", []string{"quantize", "small.onnx", "images", "--recipe", "text.json"}},
		{1, "there is no file none.json", []string{"quantize", "small.onnx", "images", "--recipe", "none.json"}},
		{1, "not a Quantscope receipt", []string{"verify", "text.json", "--model", "small.onnx"}},
		{1, "there is no file none.json: check its name", []string{"verify", "none.json", "--model", "small.onnx"}},
		{1, "there is no file none.json", []string{"verify", "none.json"}},
		{1, "the link is not whole", []string{"verify", "https://example.org/#receipt=1abc"}},
	} {
		status, out, err := call(t, dir, test.args...)
		name := strings.Join(test.args, " ")
		if status != test.status || out != "" || !strings.Contains(err, test.want) {
			t.Errorf("%s: status %d, want %d with %q; %q %s", name, status, test.status, test.want, out, err)
		}
		if strings.Count(err, "\n") != 1 || !strings.HasPrefix(err, "quantscope: ") || strings.Contains(err, "usage:") || len(err) > 1200 {
			t.Errorf("%s: not one sentence: %s", name, err)
		}
	}
}
