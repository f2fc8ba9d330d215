package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/quantscope/quantscope/quant"
)

// Notes are what there is to say of a row that has its receipt.
type Notes struct {
	Warning string   `json:"warning"` // the float network does badly as the images come to it; "" where it does not
	Notes   []string `json:"notes"`   // what was assumed or left out, one sentence each
}

// keepNotes keeps a row's notes; Row.Notes, of its recipe, come first.
func (w *Worker) keepNotes(ctx context.Context, row Row, n Notes) error {
	n.Notes = slices.Concat(row.Notes, n.Notes)
	doc, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return w.keep(ctx, notesName(row.Key), doc)
}

// notes are a row's; none where an earlier release made its receipt.
func (s *Store) notes(ctx context.Context, row Row) (n Notes, err error) {
	doc, err := s.get(ctx, notesName(row.Key))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil && json.Unmarshal(doc, &n) != nil {
		n = Notes{Notes: []string{"What else there was to say is damaged: " + s.at(notesName(row.Key)) + "."}}
	}
	return n, err
}

// warning says whether another preprocessing than the row's is clearly better, or the float network does badly. That is
// found out once for all rows of a model and its data that preprocess alike.
func (w *Worker) warning(ctx context.Context, row Row, j quant.Job) (string, error) {
	d := j.Recipe.Data
	about, err := json.Marshal(j.Recipe.Preprocess)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s%s\n%s\n%s\n%s\n%d %d\n", checkVersion, quant.Version, j.Model.SHA256, row.Items, about, d.ClassOffset, j.Runs())
	name := checkedName(hex.EncodeToString(h.Sum(nil)))
	if said, err := w.Store.get(ctx, name); err == nil {
		return string(said), nil
	}
	said := ""
	switch v, err := quant.CheckPreprocess(ctx, j, quant.EnoughRight, j.Runs()); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil && v != nil: // what keeps it from being found out is told by whatever comes after
		said = v.Sentence()
	}
	return said, w.keep(ctx, name, []byte(said))
}

// checkVersion heads what is hashed for the name of what was found out.
const checkVersion = "quantscope sweep check 1\n"
