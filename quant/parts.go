package quant

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
)

// The pipeline in pieces, for who has many machines: Begin calibrates, AnswerPart runs some of the evaluation items
// with the numbers found, wherever that is, and Finish puts the answers together to the receipt that Quantize gives.

// ErrWhole says that a job cannot be had in parts; Quantize has it.
var ErrWhole = errors.New("the job is for one piece")

// Begun is a result whose evaluation items have yet to be run.
type Begun struct {
	Receipt   receipt.Receipt `json:"receipt"`   // without digests of logits, and of the metrics the bytes only
	Items     int             `json:"items"`     // to evaluate
	Notes     []string        `json:"notes"`     // what was assumed or left out, one sentence each
	NotFinite []int           `json:"notFinite"` // evaluation items, as far as they are known
}

// Whole is Quantize without the network's file: its receipt and its notes.
func Whole(ctx context.Context, j Job) (*receipt.Receipt, []string, error) {
	r, err := onSound(ctx, j, func(s split) (*Result, error) { return j.measured(ctx, s) })
	if err != nil {
		return nil, nil, err
	}
	return r.Receipt, r.Notes, nil
}

// Begin is Quantize without its evaluation. Where weights are learned from the items, too much would have to go
// from machine to machine: that is ErrWhole.
func Begin(ctx context.Context, j Job) (*Begun, error) {
	if j.Recipe.Learns() {
		return nil, ErrWhole
	}
	s, err := j.split()
	if err != nil {
		return nil, err
	}
	c, _, err := j.calibrate(ctx, s)
	if err != nil {
		return nil, err
	}
	p := j.probes(ctx, c)
	defer p.end()
	r, err := evaluate.Layers(ctx, c, s.evaluation, j.Workers, func(n, of int) { j.Progress(StageQuantize, n, of) })
	if err != nil {
		return nil, err
	}
	if r.Recipe, err = j.Recipe.Digest(); err != nil {
		return nil, err
	}
	doc, untold, err := j.receipt(ctx, s, c, r, p)
	if err != nil {
		return nil, err
	}
	b := &Begun{Receipt: *doc, Items: s.evaluation.Len, Notes: slices.Concat(j.notes(s, c), untold), NotFinite: r.NotFinite}
	if again, err := j.given(b); err != nil || report.QParams(again.Params) != doc.Digests.QParams {
		return nil, ErrWhole // what was found does not follow from the receipt's numbers
	}
	return b, nil
}

// given is the calibrated network of b.
func (j Job) given(b *Begun) (*calibrate.Calibrated, error) {
	p, err := prepare.Prepare(j.Model.Graph, j.Recipe)
	if err != nil {
		return nil, err
	}
	return calibrate.Given(p, b.Receipt.Activations)
}

// AnswerBytes is about how long what AnswerPart gives for one item is.
func (m *Model) AnswerBytes() int {
	n := 1
	for _, v := range m.Graph.Outputs {
		n += runs * floatBytes * graph.Len(m.Graph.Values[v].Shape)
	}
	return n
}

const (
	runs       = 3 // float, simulated, on integers
	floatBytes = 4
)

// AnswerPart runs the evaluation items from … to−1 of b. What it gives is for Finish: for each item a byte, 1 if all is
// finite, and of each run all outputs, float32, little-endian. A job without broken items is needed: an item that
// cannot be used is an error, and Quantize leaves it out.
func AnswerPart(ctx context.Context, j Job, b *Begun, from, to int) ([]byte, error) {
	s, err := j.split()
	if err != nil {
		return nil, err
	}
	if from < 0 || from > to || to > len(s.choice.Evaluation) || b.Items != len(s.choice.Evaluation) {
		return nil, fmt.Errorf("items %d to %d of %d were asked for, and here are %d: the data are others", from, to-1, b.Items, len(s.choice.Evaluation))
	}
	c, err := j.given(b)
	if err != nil {
		return nil, err
	}
	chosen := s.choice.Evaluation[from:to]
	list, err := evaluate.Part(ctx, c, evaluate.Items{Items: j.items(s.feed, chosen), Label: j.labels(chosen)}, j.Workers)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, a := range list {
		out = append(out, 0)
		if a.Finite {
			out[len(out)-1] = 1
		}
		for _, run := range [][][]float32{a.Float, a.Quantized, a.Integer} {
			for _, x := range run {
				for _, v := range x {
					out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
				}
			}
		}
	}
	return out, nil
}

// Finish puts answers to all the items together, whose parts are in order. How the items were divided, and where they
// ran, cannot be seen from the receipt and the notes.
func Finish(j Job, b *Begun, parts [][]byte) (*receipt.Receipt, []string, error) {
	s, err := j.split()
	if err != nil {
		return nil, nil, err
	}
	p, err := prepare.Prepare(j.Model.Graph, j.Recipe)
	if err != nil {
		return nil, nil, err
	}
	var rest []byte
	take := func(n int) ([]byte, error) {
		for len(rest) == 0 && len(parts) > 0 {
			rest, parts = parts[0], parts[1:]
		}
		if len(rest) < n {
			return nil, errors.New("its answers are not whole")
		}
		x := rest[:n]
		rest = rest[n:]
		return x, nil
	}
	g := p.Graph
	next := func(int) (a evaluate.Answers, err error) {
		head, err := take(1)
		if err != nil {
			return a, err
		}
		a.Finite = head[0] == 1
		for _, run := range []*[][]float32{&a.Float, &a.Quantized, &a.Integer} {
			for _, v := range g.Outputs {
				b, err := take(floatBytes * graph.Len(g.Values[v].Shape))
				if err != nil {
					return a, err
				}
				x := make([]float32, len(b)/floatBytes)
				for i := range x {
					x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[floatBytes*i:]))
				}
				*run = append(*run, x)
			}
		}
		return a, nil
	}
	r := report.Report{NotFinite: b.NotFinite}
	if err := evaluate.Count(&r, g, s.evaluation, j.Recipe.Data.ClassOffset, next); err != nil {
		return nil, nil, err
	}
	for _, more := range append(parts, rest) {
		if len(more) > 0 {
			return nil, nil, errors.New("there are more answers than evaluation items")
		}
	}
	doc := b.Receipt
	counted(&doc, &r)
	return &doc, slices.Concat(b.Notes, j.notFinite(s, &r)), nil
}
