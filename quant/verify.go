package quant

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/merkle"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// engineName is how receipts name this engine.
var engineName = receipt.Engine(Version)

// receipt writes down what went in and what came out. Notes say why layers were not probed, where that cannot be.
func (j Job) receipt(ctx context.Context, s split, c *calibrate.Calibrated, r *report.Report, p *probes) (doc *receipt.Receipt, notes []string, err error) {
	l := &receipt.Local{Receipt: receipt.Receipt{
		Format: receipt.Format, Engine: engineName, Recipe: j.Recipe, RecipeDigest: r.Recipe,
		Digests:     receipt.Digests{QParams: r.QParams},
		Metrics:     receipt.Metrics{BytesBefore: r.Size.Float, BytesAfter: r.Size.Quantized},
		Activations: c.Activations(),
	}}
	counted(&l.Receipt, r)
	if err := describe(l, j.Model); err != nil {
		return nil, nil, err
	}
	<-p.done
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if p.err != nil {
		notes = []string{fmt.Sprintf("The receipt has no layers to compare without data: %v.", p.err)}
	}
	tell(l, p.layers, j.Recipe.Data.Seed)
	for _, measured := range r.Layers {
		for i, layer := range p.layers {
			if slices.Contains(layer.Nodes, c.Modules[measured.Index].Nodes[0]) && l.Layers[i].SQNR == nil {
				db := receipt.Decibels(measured.SQNR)
				l.Layers[i].SQNR = &db
			}
		}
	}
	if l.Data, err = j.sets(receipt.Format, s); err != nil {
		return nil, nil, err
	}
	if !j.Recipe.Data.Overlap && l.Data.Copied() {
		notes = append(notes, receipt.Copies)
	}
	left, err := l.Shorten()
	if left != "" {
		notes = append(notes, fmt.Sprintf("The receipt leaves out %s, which would make it longer than the %d KiB that are read: without the images less of it can be checked.", left, receipt.MaxBytes>>10))
	}
	return &l.Receipt, notes, err
}

// counted writes down what the evaluation items as a whole came to.
func counted(d *receipt.Receipt, r *report.Report) {
	a := r.Accuracy
	d.Digests.Logits, d.Digests.Integer = r.Logits, r.IntegerLogits
	m := &d.Metrics
	m.N, m.Labelled, m.Top1Float, m.Top1Quant, m.Top1Integer, m.Agreement = a.Items, a.Labelled, a.Float, a.Quantized, a.Integer, a.Agree
	if len(r.Outputs) > 0 {
		o := r.Outputs[0]
		m.Measure, m.Value = o.Measure, receipt.Figure(o.Measure, o.Quantized.Value(o.Measure))
	}
}

// describe tells of the model what a re-saved file shares.
func describe(l *receipt.Local, m *Model) error {
	net, err := m.Network()
	if err != nil {
		return err
	}
	l.Model = receipt.Model{SHA256: m.SHA256, Bytes: m.Bytes, Graph: text(net.Graph), Weights: text(merkle.Root(net.Tensors))}
	for _, t := range net.Tensors {
		l.Model.Tensors = append(l.Model.Tensors, text(t)[:8])
	}
	l.Tensors, l.Places = net.Names, net.Places
	return nil
}

// tell writes layers down.
func tell(l *receipt.Local, layers []evidence.Layer, seed uint64) {
	l.Digests.Weights = text(evidence.WeightRoot(layers))
	for _, layer := range layers {
		l.Layers = append(l.Layers, receipt.Layer{
			Name: receipt.Label(layer.Name), Weights: layer.Weights, Output: layer.Output,
			WeightCount: layer.WeightCount, OutputCount: layer.OutputCount,
		})
	}
	if len(layers) > 0 && layers[0].Output != "" {
		l.Probes = receipt.Probes{Seed: seed, Count: evidence.Probes, Root: text(evidence.OutputRoot(layers))}
	}
}

// sets are the two sets of items, as a version of receipts has them.
func (j Job) sets(format string, s split) (d receipt.Data, err error) {
	for _, side := range []struct {
		set   *receipt.Set
		items []int
	}{{&d.Calibration, s.choice.Calibration}, {&d.Evaluation, s.choice.Evaluation}} {
		var sum merkle.Hash
		var marks []receipt.Mark
		if format == receipt.Format1 {
			sum, err = j.Data.Digest(side.items)
		} else {
			var leaves []merkle.Hash
			if leaves, err = j.Data.Leaves(side.items); err == nil {
				marks, err = j.marks(side.items)
			}
			sum = merkle.Root(leaves)
		}
		if err != nil {
			return d, err
		}
		*side.set = receipt.Set{Digest: text(sum), Count: len(side.items), Marks: receipt.NewMarks(marks)}
	}
	return d, nil
}

// marks are those of some items.
func (j Job) marks(items []int) ([]receipt.Mark, error) {
	marks := make([]receipt.Mark, len(items))
	for k, i := range items {
		sum, err := j.Data.Sum(i)
		if err != nil {
			return nil, err
		}
		marks[k] = receipt.NewMark(sum, j.Data.Label(i))
	}
	return marks, nil
}

// explain adds the items of a job's data where a receipt chose others, so that it can be told which.
func (j Job) explain(got *receipt.Local, expected *receipt.Receipt, choice dataset.Choice) (err error) {
	if expected.Format == receipt.Format1 || expected.Data == got.Data {
		return nil
	}
	var own receipt.Items
	all := make([]int, j.Data.Len())
	for i := range all {
		all[i] = i
		own.Names = append(own.Names, j.Data.Name(i))
	}
	if own.Marks, err = j.marks(all); err != nil {
		return err
	}
	got.Calibrated, got.Evaluated = own, own
	got.Calibrated.Set, got.Evaluated.Set = choice.Calibration, choice.Evaluation
	return nil
}

func text(h merkle.Hash) string { return hex.EncodeToString(h[:]) }

// Checked is what Verify found.
type Checked struct {
	receipt.Verification
	Result *Result // what was computed here; nil where that was not possible
}

// Verify computes a receipt's result again, with the receipt's recipe, from one's own copy of the model
// and the data, and says step by step what matches. Without data the network is given the numbers of the
// receipt, so that weights and every layer are compared; what depends on data is not run.
func Verify(ctx context.Context, expected *receipt.Receipt, j Job) (Checked, error) {
	j.Recipe = expected.Recipe
	j.Memo = nil // what is checked is computed
	got := &receipt.Local{}
	if err := describe(got, j.Model); err != nil {
		return Checked{}, err
	}
	// What another network makes of the data is no counterpart, and mostly cannot be computed.
	another := expected.Model.Graph != "" && expected.Model.Graph != got.Model.Graph
	j.Model = j.Model.ordered(expected)
	var result *Result
	var err error
	if j.Data != nil {
		var sets receipt.Data // as the receipt's version has them
		var choice dataset.Choice
		result, err = onSound(ctx, j, func(s split) (r *Result, err error) {
			if r, err = j.quantize(ctx, s); err == nil {
				sets, err = j.sets(expected.Format, s)
				choice = s.choice
			}
			return r, err
		})
		switch {
		case err == nil:
			got.Receipt = *result.Receipt
			got.Layers = slices.Clone(got.Layers) // the result keeps its own
			got.Data = sets
			if err := j.explain(got, expected, choice); err != nil {
				return Checked{}, err
			}
		case another && ctx.Err() == nil:
			j.Data = nil
		default:
			return Checked{}, fmt.Errorf("the result cannot be computed from this model and data: %w", err)
		}
	}
	digest, err := j.Recipe.Digest()
	if err != nil {
		return Checked{}, err
	}
	got.RecipeDigest, got.Engine = digest, engineName
	if expected.Format != receipt.Format1 {
		if err := j.probe(ctx, expected, got); err != nil {
			return Checked{}, err
		}
	}
	v := receipt.Compare(expected, got)
	if result != nil && v.Steps.Status(receipt.StepWeights) == receipt.Match && v.Steps.Status(receipt.StepQParams) == receipt.Differs {
		if got.Exchanged = j.exchanged(ctx, expected); got.Exchanged {
			v = receipt.Compare(expected, got)
		}
	}
	return Checked{v, result}, ctx.Err()
}

// exchanged tells whether the calibration items lead to the receipt's numbers where red and blue change places. What fails
// on the way has been told by the run in the receipt's order.
func (j Job) exchanged(ctx context.Context, expected *receipt.Receipt) bool {
	other, ok := map[string]string{"rgb": "bgr", "bgr": "rgb"}[expected.Recipe.Preprocess.Channels]
	if !ok || expected.Recipe.Learns() {
		return false
	}
	j.Recipe.Preprocess.Channels = other
	c, err := onSound(ctx, j, func(s split) (*calibrate.Calibrated, error) {
		c, _, err := j.calibrate(ctx, s)
		return c, err
	})
	return err == nil && slices.EqualFunc(c.Activations(), expected.Activations, scheme.QParams.Equal)
}

// probe computes weights and layers with the numbers of the receipt, whatever those of one's own data.
func (j Job) probe(ctx context.Context, expected *receipt.Receipt, got *receipt.Local) error {
	if expected.Recipe.Learns() {
		if j.Data == nil {
			got.Unprobed = "the recipe changes weights or biases with the calibration items: add them"
		}
		return nil
	}
	if len(expected.Activations) == 0 && got.Digests.QParams == expected.Digests.QParams {
		return nil // one's own data led to the receipt's numbers, which it leaves out
	}
	// What one's own data led to is no counterpart to layers with the receipt's numbers.
	measured := got.Layers
	for i := range measured {
		measured[i].Weights, measured[i].Output = "", ""
	}
	got.Probes, got.Digests.Weights = receipt.Probes{}, ""
	p, err := prepare.Prepare(j.Model.Graph, expected.Recipe)
	if err != nil {
		got.Unprobed = fmt.Sprintf("this model cannot be quantized by the receipt's recipe: %v", err)
		return nil
	}
	for _, q := range p.Quantizers {
		if p.Graph.Values[q.Value].Const == nil {
			got.Quantizers = append(got.Quantizers, q.Name)
		}
	}
	if len(expected.Activations) == 0 && len(got.Quantizers) > 0 {
		got.Unprobed = "the receipt leaves out the numbers of activations, which the images lead to: add them"
		return nil
	}
	c, err := calibrate.Given(p, expected.Activations)
	if err != nil {
		got.Misfit = fmt.Sprintf("the receipt's numbers are not for this network: %v", err)
		got.Unprobed = got.Misfit
		return nil
	}
	layers := evidence.Layers(c)
	if expected.Model.Graph == got.Model.Graph && expected.Model.Weights == got.Model.Weights && disordered(expected.Layers, layers) {
		// Which of its numbers are whose cannot be told either.
		got.Unprobed = "this file lists its nodes in another order and under other names, so that its layers cannot be told apart: take the sender's own file"
		got.Layers, got.Activations, got.Digests.QParams, got.Digests.Weights = nil, nil, "", ""
		return nil
	}
	got.Given = report.QParams(c.Params)
	switch n := expected.Probes.Count; {
	case n != 0 && n != evidence.Probes:
		got.Unprobed = fmt.Sprintf("the receipt has %d probes, this engine makes %d", n, evidence.Probes)
		if expected.Engine == engineName {
			got.Miscounted = got.Unprobed
		}
	case n > 0:
		if err := evidence.Probe(ctx, c, layers, expected.Probes.Seed, j.Pool); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			got.Unprobed = fmt.Sprintf("the integer engine cannot run it: %v", err)
		}
	}
	got.Layers = nil
	tell(got, layers, expected.Probes.Seed)
	for i := range got.Layers {
		if len(measured) == len(got.Layers) {
			got.Layers[i].SQNR = measured[i].SQNR
		}
	}
	return nil
}
