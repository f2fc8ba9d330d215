package quant

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// split is a job's data as the stages take it.
type split struct {
	choice      dataset.Choice
	calibration calibrate.Items
	evaluation  evaluate.Items
	notes       []string
}

// split chooses the items and checks that they fit the network.
func (j Job) split() (split, error) {
	pre, shape, err := j.fit()
	if err != nil {
		return split{}, err
	}
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return split{}, err
	}
	s := split{choice: choice, notes: slices.Concat(j.Model.Graph.Notes, j.Data.Notes, choice.Notes)}
	s.calibration = j.items(choice.Calibration, pre, shape)
	s.evaluation = evaluate.Items{
		Items: j.items(choice.Evaluation, pre, shape),
		Label: func(i int) int {
			if label := j.Data.Label(choice.Evaluation[i]); label >= 0 {
				return label
			}
			return report.Unlabelled
		},
	}
	return s, nil
}

// fit completes the preprocessing for the network's only input, of that shape, or says why no item can
// ever fit.
func (j Job) fit() (recipe.Preprocess, []int, error) {
	pre := j.Recipe.Preprocess
	if j.Data == nil || j.Data.Len() == 0 {
		return pre, nil, errNoData
	}
	g := j.Model.Graph
	if len(g.Inputs) != 1 {
		return pre, nil, fmt.Errorf("the network has %d inputs; a dataset feeds networks with one", len(g.Inputs))
	}
	input := g.Values[g.Inputs[0]]
	if len(input.Shape) > 0 && input.Shape[0] != 1 {
		return pre, nil, fmt.Errorf("input %q has a fixed batch of %d (%v): export the network with batch 1 or a free batch", input.Name, input.Shape[0], input.Shape)
	}
	if len(input.Shape) != 4 {
		return pre, input.Shape, nil
	}
	pre, err := dataset.Fit(pre, input.Shape)
	return pre, input.Shape, err
}

// Items are the chosen items as the network takes them, for looking at.
func (j Job) Items(chosen []int) (calibrate.Items, error) {
	pre, shape, err := j.fit()
	if err != nil {
		return calibrate.Items{}, err
	}
	return j.items(chosen, pre, shape), nil
}

// items are the tensors of the chosen items, checked against the input's shape.
func (j Job) items(chosen []int, pre recipe.Preprocess, shape []int) calibrate.Items {
	return calibrate.Items{Pool: j.Pool, Len: len(chosen), Inputs: func(i int) ([][]float32, error) {
		x, got, err := j.Data.Tensor(chosen[i], pre)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(got, shape[1:]) {
			return nil, fmt.Errorf("%s gives a tensor %v, the network takes %v: set size, channels and layout of the preprocessing", j.Data.Name(chosen[i]), got, shape[1:])
		}
		return [][]float32{x}, nil
	}}
}

// receipt writes down what went in and what came out.
func (j Job) receipt(s split, r *report.Report) (*receipt.Receipt, error) {
	calibration, err := j.set(s.choice.Calibration)
	if err != nil {
		return nil, err
	}
	evaluation, err := j.set(s.choice.Evaluation)
	if err != nil {
		return nil, err
	}
	a := r.Accuracy
	return &receipt.Receipt{
		Format:       receipt.Format,
		Engine:       "quantscope " + Version,
		Model:        receipt.Model{SHA256: j.Model.SHA256, Bytes: j.Model.Bytes},
		Recipe:       j.Recipe,
		RecipeDigest: r.Recipe,
		Data:         receipt.Data{Calibration: calibration, Evaluation: evaluation},
		Digests:      receipt.Digests{QParams: r.QParams, Logits: r.Logits, Integer: r.IntegerLogits},
		Metrics: receipt.Metrics{
			N: a.Items, Labelled: a.Labelled, Top1Float: a.Float, Top1Quant: a.Quantized, Top1Integer: a.Integer, Agreement: a.Agree,
			BytesBefore: r.Size.Float, BytesAfter: r.Size.Quantized,
		},
	}, nil
}

func (j Job) set(items []int) (receipt.Set, error) {
	sum, err := j.Data.Digest(items)
	if err != nil {
		return receipt.Set{}, err
	}
	return receipt.Set{Digest: hex.EncodeToString(sum[:]), Count: len(items)}, nil
}

// notFinite names the evaluation items on which the float network does not give numbers; nil for none.
func (j Job) notFinite(s split, r *report.Report) []string {
	if len(r.NotFinite) == 0 {
		return nil
	}
	const few = 5
	var names []string
	for _, i := range r.NotFinite[:min(len(r.NotFinite), few)] {
		names = append(names, j.Data.Name(s.choice.Evaluation[i]))
	}
	more := ""
	if n := len(r.NotFinite) - few; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return []string{fmt.Sprintf("%d of %d evaluation items give the float network's NaN or infinity and are left out where layers are compared: %s%s.",
		len(r.NotFinite), len(s.choice.Evaluation), strings.Join(names, ", "), more)}
}
