package quant_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	pictures "image"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/mqbench"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
)

// input is a kind of file that a user hands over besides models.
type input struct {
	name   string
	seeds  [][]byte
	mutate func(r *rand.Rand, seeds [][]byte) []byte
	use    func(ctx context.Context, file []byte) error
}

// TestMutantInputs does with every other kind of input what TestMutants does with models, MUTANTS of each. What is
// accepted is written and read back to the same.
func TestMutantInputs(t *testing.T) {
	count := numberFrom(t, "MUTANTS", 300)
	seed := uint64(numberFrom(t, "MUTANT_SEED", 1))
	for _, in := range mutantInputs(t) {
		t.Run(in.name, func(t *testing.T) {
			outcomes := map[string]int{}
			for i := range count {
				file := in.mutate(rand.New(rand.NewPCG(seed, uint64(i))), in.seeds)
				outcome, err := openMutant(file, in.use)
				outcomes[outcome]++
				if err != nil {
					kept := filepath.Join(os.TempDir(), fmt.Sprintf("mutant-%d-%d.%s", seed, i, in.name))
					if err := os.WriteFile(kept, file, 0o644); err != nil {
						t.Fatal(err)
					}
					t.Errorf("mutant %d, kept as %s: %v", i, kept, err)
				}
			}
			t.Logf("of %d mutants of %d files: %v", count, len(in.seeds), outcomes)
			if outcomes["is refused"] == 0 || outcomes["opens"] == 0 {
				t.Errorf("the mutants are all alike: %v", outcomes)
			}
		})
	}
}

func mutantInputs(t *testing.T) []input {
	t.Helper()
	floats := dataset.EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{3, 2, 4, 4}, F: make([]float32, 96)})
	labels := dataset.EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{3}, I: []int64{2, 0, 1}})
	var photo, drawing bytes.Buffer
	picture := pictures.NewNRGBA(pictures.Rect(0, 0, 20, 17))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * i)
	}
	if err := jpeg.Encode(&photo, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&drawing, picture); err != nil {
		t.Fatal(err)
	}
	entries := [][]byte{floats, labels, photo.Bytes(), drawing.Bytes(), []byte("file,label\na.jpg,1\nb.png,0\n")}
	var recipes [][]byte
	for _, r := range recipe.Presets() {
		b, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		recipes = append(recipes, b)
	}
	mqbenches := [][]byte{
		[]byte("extra_qconfig_dict:\n    w_observer: MinMaxObserver\n    a_observer: EMAQuantileObserver\n    w_fakequantize: FixedFakeQuantize\n    a_fakequantize: PACTFakeQuantize\n    w_qscheme: {bit: 4, symmetry: True, per_channel: True, pot_scale: False}\nquantize:\n    quantize_type: advanced_ptq\n    backend: tensorrt\n"),
		[]byte("{'extra_qconfig_dict': {'w_observer': 'MSEObserver', 'a_qscheme': {'bit': 8, 'symmetry': False}}, 'extra_quantizer_dict': {'additional_node_name': ['a', \"b\"]}}"),
	}
	return []input{
		{"npy", [][]byte{floats, labels}, mutateFile, useData("x.npy")},
		{"npz", [][]byte{archive(t, entries[:2], "x.npy", "y.npy"), archive(t, entries[:2], "image.npy", "label.npy")}, mutateArchive("x.npy", "y.npy"), useData("x.npz")},
		{"zip", [][]byte{archive(t, entries[2:], "a.jpg", "b.png", "labels.csv")}, mutateArchive("a.jpg", "b.png", "labels.csv"), useData("x.zip")},
		{"jpg", [][]byte{photo.Bytes()}, mutateFile, useData("x.jpg")},
		{"png", [][]byte{drawing.Bytes()}, mutateFile, useData("x.png")},
		{"csv", entries[4:], mutateText, useData("labels.csv")},
		{"recipe.json", recipes, mutateText, useRecipe},
		{"mqbench.yaml", mqbenches, mutateText, useMQBench},
		{"receipt.json", receiptSeeds(t), mutateText, useReceipt},
	}
}

func receiptSeeds(t *testing.T) (seeds [][]byte) {
	t.Helper()
	names, err := filepath.Glob("testdata/receipts/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, b)
	}
	return seeds
}

func archive(t *testing.T, entries [][]byte, names ...string) []byte {
	b, err := zipped(entries, names)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipped(entries [][]byte, names []string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, name := range names {
		w, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(entries[i]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

func mutateFile(r *rand.Rand, seeds [][]byte) []byte {
	return mutateBytes(r, bytes.Clone(seeds[r.IntN(len(seeds))]), seeds)
}

// mutateArchive changes an archive, or what is in it under the same checksums.
func mutateArchive(names ...string) func(r *rand.Rand, seeds [][]byte) []byte {
	return func(r *rand.Rand, seeds [][]byte) []byte {
		whole := seeds[r.IntN(len(seeds))]
		if r.IntN(2) == 0 {
			return mutateBytes(r, bytes.Clone(whole), seeds)
		}
		z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			panic(err)
		}
		var entries [][]byte
		for _, f := range z.File {
			e, err := f.Open()
			if err != nil {
				panic(err)
			}
			b, err := io.ReadAll(e)
			if err != nil {
				panic(err)
			}
			entries = append(entries, b)
		}
		at := r.IntN(len(entries))
		entries[at] = mutateBytes(r, entries[at], entries)
		out, err := zipped(entries, names)
		if err != nil {
			panic(err)
		}
		return out
	}
}

// words are what a text is put together of.
var words = regexp.MustCompile(`[0-9.eE+-]+|\w+|[^\w\s]`)

// mutateText changes bytes, or whole words to others and to extreme numbers.
func mutateText(r *rand.Rand, seeds [][]byte) []byte {
	text := bytes.Clone(seeds[r.IntN(len(seeds))])
	if r.IntN(3) == 0 {
		return mutateBytes(r, text, seeds)
	}
	extreme := []string{"0", "-1", "1e999", "9007199254740993", "1e-400", "-0", "null", "true", "\"\"", "[]", "{}", "NaN", "\"\\u0000\"", "65537"}
	for range 1 + r.IntN(3) {
		all := words.FindAllIndex(text, -1)
		if len(all) == 0 {
			break
		}
		word, other := all[r.IntN(len(all))], all[r.IntN(len(all))]
		by := bytes.Clone(text[other[0]:other[1]])
		if r.IntN(2) == 0 {
			by = []byte(extreme[r.IntN(len(extreme))])
		}
		text = append(append(bytes.Clone(text[:word[0]]), by...), text[word[1]:]...)
	}
	return text
}

// useData opens a dataset and takes every item of it.
func useData(name string) func(ctx context.Context, file []byte) error {
	return func(ctx context.Context, file []byte) error {
		files := []dataset.File{dataset.InMemory(name, file)}
		if name == "labels.csv" {
			gray := pictures.NewGray(pictures.Rect(0, 0, 3, 3))
			for _, n := range []string{"a.jpg", "b.png"} {
				var b bytes.Buffer
				if err := png.Encode(&b, gray); err != nil {
					return err
				}
				files = append(files, dataset.InMemory(n, b.Bytes()))
			}
		}
		d, err := dataset.Open(files, dataset.FromAuto)
		if err != nil {
			return err
		}
		for i := range min(d.Len(), 100) {
			x, shape, failed := d.Tensor(i, recipe.Preprocess{Width: 8, Height: 8, Resize: 8, Channels: "rgb", Layout: "nchw", Scale: 1, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}})
			if failed == nil && len(x) != graph.Len(shape) {
				return fmt.Errorf("%w: item %d has %d numbers and the shape %v", errWrong, i, len(x), shape)
			}
			if err == nil {
				err = failed
			}
			d.Label(i)
		}
		return err
	}
}

func useRecipe(_ context.Context, file []byte) error {
	r, err := recipe.Parse(file)
	if err != nil {
		return err
	}
	return sameRecipe(r)
}

func useMQBench(_ context.Context, file []byte) error {
	r, _, err := mqbench.Read(file, nil)
	if err != nil {
		return err
	}
	return sameRecipe(r)
}

// sameRecipe says whether a recipe that was accepted is written and read back to the same.
func sameRecipe(r recipe.Recipe) error {
	b, err := r.Canonical()
	if err != nil {
		return fmt.Errorf("%w: it cannot be written: %w", errWrong, err)
	}
	again, err := recipe.Parse(b)
	if err != nil {
		return fmt.Errorf("%w: it does not read back: %w", errWrong, err)
	}
	if c, err := again.Canonical(); err != nil || !bytes.Equal(b, c) {
		return fmt.Errorf("%w: it reads back as %s, not %s", errWrong, c, b)
	}
	return nil
}

func useReceipt(_ context.Context, file []byte) error {
	r, err := receipt.Parse(file)
	if err != nil {
		return err
	}
	b, err := r.Canonical()
	if err != nil {
		return fmt.Errorf("%w: it cannot be written: %w", errWrong, err)
	}
	again, err := receipt.Parse(b)
	if err != nil {
		return fmt.Errorf("%w: it does not read back: %w", errWrong, err)
	}
	if c, err := again.Canonical(); err != nil || !bytes.Equal(b, c) {
		return fmt.Errorf("%w: it reads back as other bytes", errWrong)
	}
	return nil
}
