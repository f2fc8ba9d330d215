package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
)

// Without a recipe the size comes from the network; what is said otherwise is an error that names flags
// there are.
func TestSizeFromTheNetwork(t *testing.T) {
	dir := folder(t)
	var e, same evaluation
	document(t, &e, dir, "eval", "small.onnx", "images", "--preprocess", "imagenet")
	if e.Items != 40 || !strings.Contains(strings.Join(e.Notes, " "), "40 of 40 images have 8×8 pixels already") {
		t.Errorf("%+v", e)
	}
	document(t, &same, dir, "eval", "small.onnx", "images", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225")
	if same.Logits != e.Logits {
		t.Error("the same numbers by flags give other logits")
	}
	for _, c := range [][]string{
		{"--preprocess", "imagenet", "--order", "bgr"}, {"--preprocess", "imagenet", "--scale", "1"},
		{"--preprocess", "imagenet", "--mean", "0"}, {"--preprocess", "mnist"},
	} {
		var other evaluation
		if document(t, &other, dir, append([]string{"eval", "small.onnx", "images"}, c...)...); other.Logits == e.Logits {
			t.Errorf("%v changes nothing", c)
		}
	}
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "images", "--calibration", "8")
	if p := q.Receipt.Recipe.Preprocess; p.Width != 8 || p.Height != 8 || p.Resize != 9 {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"--crop 0", []string{"--preprocess", "imagenet", "--crop", "16"}},
		{"layout", []string{"--preprocess", "imagenet", "--layout", "nhwc"}},
		{"--crop \"wide\"", []string{"--crop", "wide"}},
		{"--mean \"1,2\" has 2 numbers", []string{"--mean", "1,2"}},
		{"--std \"x\" is not a number", []string{"--std", "x"}},
		{"--order \"cmyk\"", []string{"--order", "cmyk"}},
		{"preprocess.std of channel 0", []string{"--std", "0"}},
	} {
		status, _, err := call(t, dir, append([]string{"eval", "small.onnx", "images"}, c.args...)...)
		if status == 0 || !strings.Contains(err, c.want) {
			t.Errorf("%v: status %d, want %q: %s", c.args, status, c.want, err)
		}
	}
}

// Flags before and behind the preset, a recipe for eval.
func TestEvalTakesARecipe(t *testing.T) {
	dir := folder(t)
	var flags, file evaluation
	document(t, &flags, dir, "eval", "small.onnx", "images", "--mean", "0.5", "--std", "0.25", "--scale", "1/255")
	document(t, &file, dir, "eval", "small.onnx", "images", "--recipe", "small.json")
	if flags.Logits != file.Logits || file.Labelled != 40 {
		t.Errorf("%+v %+v", flags, file)
	}
}

// Files that cannot be used are left out, counted and named, and the result can be verified.
func TestBrokenFilesAreLeftOut(t *testing.T) {
	dir := folder(t)
	whole := read(t, filepath.Join(dir, "images", "ant", "00.png"))
	put(t, filepath.Join(dir, "images", "ant", "cut.png"), whole[:len(whole)/2])
	put(t, filepath.Join(dir, "images", "bee", "text.png"), []byte("hello"))
	put(t, filepath.Join(dir, "images", "cat", "empty.png"), nil)
	if err := os.Symlink("nowhere.png", filepath.Join(dir, "images", "dog", "dangling.png")); err != nil {
		t.Fatal(err)
	}
	named := func(notes []string) {
		t.Helper()
		all := strings.Join(notes, "\n")
		for _, name := range []string{"4 of 44 items", "ant/cut.png (broken image", "text.png (this is an unknown kind", "empty.png (this is an empty file", "dangling.png (there is no file"} {
			if !strings.Contains(all, name) {
				t.Errorf("no %q in %s", name, all)
			}
		}
	}
	var e evaluation
	document(t, &e, dir, "eval", "small.onnx", "images", "--recipe", "small.json")
	if named(e.Notes); e.Items != 40 || e.Labelled != 40 {
		t.Errorf("%+v", e)
	}
	var q quantization
	document(t, &q, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "r.json", "--compare", "--calibration", "12")
	named(q.Notes)
	if data := q.Receipt.Data; data.Calibration.Count+data.Evaluation.Count != 40 || data.Evaluation.Count != q.Report.Accuracy.Items {
		t.Errorf("%+v", data)
	}
	if i := slices.IndexFunc(q.Changes, func(c report.Change) bool { return c.Problem != "" && strings.Contains(c.Problem, "png") }); i >= 0 {
		t.Error(q.Changes[i].Problem)
	}
	var v verification
	document(t, &v, dir, "verify", "r.json", "images", "--model", "small.onnx")
	for _, s := range v.Steps {
		if s.Status != receipt.Match {
			t.Errorf("%+v", s)
		}
	}
	succeed(t, dir, "diagnose", "small.onnx", "images", "--recipe", "small.json", "--items", "4")

	for i := range 40 {
		os.Remove(filepath.Join(dir, "images", []string{"ant", "bee", "cat", "dog"}[i%4], string([]byte{'0' + byte(i/10), '0' + byte(i%10)})+".png"))
	}
	for _, args := range [][]string{{"eval", "small.onnx", "images", "--recipe", "small.json"}, {"quantize", "small.onnx", "images", "--recipe", "small.json"}} {
		if status, _, err := call(t, dir, args...); status != 1 || !strings.Contains(err, "items can be used") {
			t.Errorf("status %d, %s", status, err)
		}
	}
}

// An archive that needs a password is called that.
func TestEncryptedArchive(t *testing.T) {
	dir := folder(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "a.png", Flags: 1, CompressedSize64: 4, UncompressedSize64: 4})
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("...."))
	z.Close()
	put(t, filepath.Join(dir, "secret.zip"), b.Bytes())
	if status, _, err := call(t, dir, "eval", "small.onnx", "secret.zip", "--recipe", "small.json"); status != 1 || !strings.Contains(err, "secret.zip: it is encrypted") {
		t.Errorf("status %d, %s", status, err)
	}
}

// npz is an archive of arrays by name.
func npz(t *testing.T, arrays map[string]*graph.Tensor) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, x := range arrays {
		w, err := z.Create(name + ".npy")
		if err == nil {
			_, err = w.Write(dataset.EncodeNpy(x))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The network of ../shared/cases/47-two-inputs-quantize takes the arrays of its inputs' names.
func TestTwoInputs(t *testing.T) {
	dir, model := t.TempDir(), shared.Path(t, "cases", "47-two-inputs-quantize", "model.onnx")
	var i inspection
	document(t, &i, dir, "inspect", model)
	arrays := map[string]*graph.Tensor{}
	for _, p := range i.Inputs {
		arrays[p.Name] = randomTensor(append([]int{12}, p.Shape[1:]...)...)
	}
	put(t, filepath.Join(dir, "both.npz"), npz(t, arrays))
	for _, args := range [][]string{{"quantize", model, "both.npz", "--calibration", "6", "--receipt", "r.json", "-o", "q.onnx"}} {
		var q quantization
		if document(t, &q, dir, args...); q.Report.Accuracy.Items != 6 {
			t.Errorf("%+v", q.Report.Accuracy)
		}
	}
	var v verification
	document(t, &v, dir, "verify", "r.json", "both.npz", "--model", model)
	if v.Differs {
		t.Errorf("%+v", v.Steps)
	}
	var e evaluation
	if document(t, &e, dir, "eval", model, "both.npz"); e.Items != 12 {
		t.Errorf("%+v", e)
	}
	arrays["other"] = arrays[i.Inputs[1].Name]
	delete(arrays, i.Inputs[1].Name)
	put(t, filepath.Join(dir, "wrong.npz"), npz(t, arrays))
	for _, data := range []string{"wrong.npz", shared.Path(t, "cases", "57-one-broken-of-many", "c-base.jpg")} {
		if status, _, err := call(t, dir, "eval", model, data); status != 1 || !strings.Contains(err, i.Inputs[0].Name) && !strings.Contains(err, i.Inputs[1].Name) {
			t.Errorf("%s: status %d, %s", data, status, err)
		}
	}
}

// Arrays of floats go in as they are: ../shared/cases/48-five-channels-float-array.
func TestFiveChannels(t *testing.T) {
	dir := shared.Path(t, "cases", "48-five-channels-float-array")
	for _, args := range [][]string{{}, {"--recipe", "recipe.json"}} {
		var q quantization
		if document(t, &q, dir, append([]string{"quantize", "model.onnx", "data.npy", "--labels", "none", "--calibration", "6"}, args...)...); q.Report.Accuracy.Items != 6 {
			t.Errorf("%+v", q.Report.Accuracy)
		}
	}
}

// One broken image of several: ../shared/cases/57-one-broken-of-many.
func TestOneBrokenOfMany(t *testing.T) {
	dir := shared.Path(t, "cases", "57-one-broken-of-many")
	var e evaluation
	document(t, &e, dir, "eval", "imgnet.onnx", "c-base.jpg", "z1-truncated.jpg", "--preprocess", "imagenet", "--labels", "none")
	if e.Items != 1 || !strings.Contains(strings.Join(e.Notes, " "), "z1-truncated.jpg") {
		t.Errorf("%+v", e)
	}
}
