package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Work is one step of a row.
type Work struct {
	Row  Row    `json:"row"`
	Step string `json:"step"` // StepBegin, StepPart, StepFinish
	Part int    `json:"part"` // of StepPart
}

// Steps of a row. A row is begun once, then its parts run in any order, then it is finished. One whose weights are
// learned, whose data have an item that cannot be used, or whose outputs are large is whole after it is begun.
const (
	StepBegin  = "begin"
	StepPart   = "part"
	StepFinish = "finish"
)

// Done is what became of a step.
type Done struct {
	Parts  int    `json:"parts"`  // of StepBegin: how many there are to run; 0: the row has its receipt
	Failed string `json:"failed"` // why the row cannot have a receipt, in a sentence
}

// maxAnswer is up to how many bytes an item's answers are kept for the step that puts them together: those of ten
// thousand classes. Larger outputs, maps of pixels, are summed up where they are made.
const maxAnswer = 1 << 17

// Worker does steps.
type Worker struct {
	Opener *Opener
	Store  *Store
}

// begun is what StepBegin keeps.
type begun struct {
	quant.Begun
	Parts   int    `json:"parts"`
	Warning string `json:"warning"`
}

// Do does a step, unless what it makes is there already. An error is one of the store or of a worker that is stopped,
// and the step may be done again; what is wrong with the row is said in Done.
func (w *Worker) Do(ctx context.Context, k Work) (Done, error) {
	if _, err := w.Store.get(ctx, receiptName(k.Row.Key)); err == nil {
		return Done{}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Done{}, err
	}
	d, err := w.do(ctx, k)
	var kept storeError
	switch {
	case ctx.Err() != nil:
		return Done{}, ctx.Err()
	case errors.As(err, &kept):
		return Done{}, kept.error
	case err != nil:
		d.Failed = err.Error()
	}
	return d, nil
}

// Fail keeps why a row has no receipt, for the report.
func (s *Store) Fail(ctx context.Context, row Row, why string) error {
	return s.put(ctx, failedName(row.Key), []byte(why+"\n"))
}

// storeError is one that has nothing to do with the row.
type storeError struct{ error }

func (w *Worker) do(ctx context.Context, k Work) (Done, error) {
	m, err := w.Opener.Model(ctx, k.Row.Model)
	if err != nil {
		return Done{}, err
	}
	d, err := w.Opener.Dataset(ctx, k.Row.Model.Data)
	if err != nil {
		return Done{}, err
	}
	j := quant.Job{Model: m, Data: d, Recipe: k.Row.Recipe, Workers: 1, Progress: func(string, int, int) {}}
	if j, err = j.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return Done{}, err
	}
	if k.Step == StepBegin {
		return w.begin(ctx, k.Row, j)
	}
	b, err := w.begun(ctx, k.Row)
	if err != nil {
		return Done{}, err
	}
	switch {
	case k.Step == StepPart && k.Part >= 0 && k.Part < b.Parts:
		return Done{}, w.part(ctx, k.Row, j, b, k.Part)
	case k.Step == StepFinish:
		return Done{}, w.finish(ctx, k.Row, j, b)
	}
	return Done{}, fmt.Errorf("there is no step %q of part %d", k.Step, k.Part)
}

func (w *Worker) begin(ctx context.Context, row Row, j quant.Job) (Done, error) {
	if b, err := w.begun(ctx, row); err == nil {
		return Done{Parts: b.Parts}, nil
	}
	if row.Parts == 1 || j.Model.AnswerBytes() > maxAnswer {
		return Done{}, w.whole(ctx, row, j)
	}
	b, err := quant.Begin(ctx, j)
	if inOnePiece(err) {
		return Done{}, w.whole(ctx, row, j)
	}
	if err != nil {
		return Done{}, err
	}
	warning, err := w.warning(ctx, row, j)
	if err != nil {
		return Done{}, err
	}
	doc, err := json.Marshal(begun{*b, min(row.Parts, b.Items), warning})
	if err != nil {
		return Done{}, err
	}
	return Done{Parts: min(row.Parts, b.Items)}, w.keep(ctx, workName(row, StepBegin), doc)
}

// inOnePiece tells errors of parts that Quantize does not have.
func inOnePiece(err error) bool {
	var broken *dataset.ItemError
	return errors.Is(err, quant.ErrWhole) || errors.As(err, &broken)
}

func (w *Worker) begun(ctx context.Context, row Row) (begun, error) {
	var b begun
	doc, err := w.Store.get(ctx, workName(row, StepBegin))
	if err != nil {
		return b, storeError{err}
	}
	return b, json.Unmarshal(doc, &b)
}

func (w *Worker) part(ctx context.Context, row Row, j quant.Job, b begun, part int) error {
	name := partName(row, b, part)
	if _, err := w.Store.get(ctx, name); err == nil {
		return nil
	}
	answers, err := quant.AnswerPart(ctx, j, &b.Begun, part*b.Items/b.Parts, (part+1)*b.Items/b.Parts)
	if inOnePiece(err) {
		return nil // finish will not find it
	}
	if err != nil {
		return err
	}
	return w.keep(ctx, name, answers)
}

// finish puts the parts together, in their order. Where one could not be had, the row is run in one piece.
func (w *Worker) finish(ctx context.Context, row Row, j quant.Job, b begun) error {
	parts := make([][]byte, b.Parts)
	for i := range parts {
		var err error
		switch parts[i], err = w.Store.get(ctx, partName(row, b, i)); {
		case errors.Is(err, fs.ErrNotExist):
			return w.whole(ctx, row, j)
		case err != nil:
			return storeError{err}
		}
	}
	r, notes, err := quant.Finish(j, &b.Begun, parts)
	if err != nil {
		return err
	}
	if err := w.keepReceipt(ctx, row, r, Notes{b.Warning, notes}); err != nil {
		return err
	}
	for i := range parts {
		w.Store.remove(ctx, partName(row, b, i))
	}
	w.Store.remove(ctx, workName(row, StepBegin))
	w.Store.remove(ctx, "work/"+row.Key)
	return nil
}

// whole does all steps at once.
func (w *Worker) whole(ctx context.Context, row Row, j quant.Job) error {
	r, notes, err := quant.Whole(ctx, j)
	if err != nil {
		return err
	}
	warning, err := w.warning(ctx, row, j)
	if err != nil {
		return err
	}
	return w.keepReceipt(ctx, row, r, Notes{warning, notes})
}

// keepReceipt keeps a receipt as quantscope quantize writes it, after what is to be said of it.
func (w *Worker) keepReceipt(ctx context.Context, row Row, r *receipt.Receipt, n Notes) error {
	if err := w.keepNotes(ctx, row, n); err != nil {
		return err
	}
	doc, err := r.Canonical()
	if err != nil {
		return err
	}
	if err := w.keep(ctx, receiptName(row.Key), append(doc, '\n')); err != nil {
		return err
	}
	w.Store.remove(ctx, failedName(row.Key))
	return nil
}

func (w *Worker) keep(ctx context.Context, name string, b []byte) error {
	if err := w.Store.put(ctx, name, b); err != nil {
		return storeError{err}
	}
	return nil
}

func workName(row Row, what string) string { return "work/" + row.Key + "/" + what }

// partName says of how many parts a part is, so that a plan with other parts does not mix them up.
func partName(row Row, b begun, part int) string {
	return workName(row, fmt.Sprintf("part-%d-of-%d", part, b.Parts))
}
