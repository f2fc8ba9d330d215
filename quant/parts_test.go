package quant_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/recipe"
)

// inParts is the canonical receipt of a job whose evaluation items run in parts that end at cuts, the last part first.
func inParts(t *testing.T, j quant.Job, cuts ...int) []byte {
	t.Helper()
	begun, err := quant.Begin(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	cuts = append(slices.DeleteFunc(slices.Clone(cuts), func(cut int) bool { return cut > begun.Items }), begun.Items)
	parts := make([][]byte, len(cuts))
	for k := len(cuts) - 1; k >= 0; k-- {
		from := 0
		if k > 0 {
			from = cuts[k-1]
		}
		if parts[k], err = quant.AnswerPart(t.Context(), j, begun, from, cuts[k]); err != nil {
			t.Fatal(err)
		}
		if got, want := len(parts[k]), (cuts[k]-from)*j.Model.AnswerBytes(); got != want {
			t.Errorf("%d bytes of answers, %d were expected", got, want)
		}
	}
	r, notes, err := quant.Finish(j, begun, parts)
	if err != nil {
		t.Fatal(err)
	}
	if _, want, err := quant.Whole(t.Context(), j); err != nil || !slices.Equal(notes, want) || len(notes) == 0 {
		t.Errorf("in parts it is noted that %q, in one piece %q, %v", notes, want, err)
	}
	for _, wrong := range [][][]byte{parts[1:], append(slices.Clone(parts), []byte{1})} {
		if _, _, err := quant.Finish(j, begun, wrong); err == nil || !strings.Contains(err.Error(), "answers") {
			t.Errorf("%d parts of %d: %v", len(wrong), len(parts), err)
		}
	}
	doc, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The receipt of a job in parts is the receipt of the job, wherever it is cut.
func TestPartsAreTheWhole(t *testing.T) {
	base := sampleJob(t)
	for _, name := range []string{"config2", "vitis"} {
		t.Run(name, func(t *testing.T) {
			j := base
			preset, err := recipe.Preset(name)
			if err != nil {
				t.Fatal(err)
			}
			preset.Preprocess, preset.Data = j.Recipe.Preprocess, j.Recipe.Data
			j.Recipe = preset
			whole, err := quant.Quantize(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			want, err := whole.Receipt.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			if got := inParts(t, j, 7, 7, 13); !bytes.Equal(got, want) {
				t.Errorf("in parts\n%s\nwhole\n%s", got, want)
			}
		})
	}
}

// What learns from the items, or has one that cannot be used, does not go in parts.
func TestWholeJobsSayThatTheyAre(t *testing.T) {
	j := sampleJob(t)
	j.Recipe.Refine.Biases = recipe.Empirical
	if _, err := quant.Begin(t.Context(), j); !errors.Is(err, quant.ErrWhole) {
		t.Errorf("%v", err)
	}
	j = sampleJob(t)
	files := []dataset.File{dataset.InMemory("images.zip", sampletest.Read(t, "images.zip"))}
	for _, name := range []string{"zz/a.png", "zz/b.png", "zz/c.png"} {
		files = append(files, dataset.InMemory(name, []byte("no picture")))
	}
	var err error
	if j.Data, err = dataset.Open(files, dataset.FromAuto); err != nil {
		t.Fatal(err)
	}
	j.Recipe.Data.Evaluation = 0
	begun, err := quant.Begin(t.Context(), j)
	for from := 0; err == nil; from += 20 {
		if from >= begun.Items {
			t.Fatal("broken items were evaluated")
		}
		_, err = quant.AnswerPart(t.Context(), j, begun, from, min(from+20, begun.Items))
	}
	var broken *dataset.ItemError
	if !errors.As(err, &broken) {
		t.Errorf("%v", err)
	}
}
