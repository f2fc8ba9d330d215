package quant

import (
	"crypto/sha256"
	"encoding/json"
	"maps"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/refine"
)

// Memo is what jobs of one network and one dataset have found that others of them need not find again: what the
// calibration items have shown observers, what refinements have found on them, and what the float network makes of
// evaluation items. What is kept has for its key all that it was made of, so that a job which differs in anything that
// counts finds nothing and is computed; no bit depends on it. It is for one job at a time. The zero Memo knows nothing, and forgets all with another network or dataset.
type Memo struct {
	model   *Model
	data    *dataset.Dataset
	shown   map[[sha256.Size]byte]*calibrate.Shown
	answers map[[sha256.Size]byte]*evaluate.Known
	refined map[[sha256.Size]byte]*refine.Memory
}

// memoLists bounds the lists of items that a Memo knows something of.
const memoLists = 8

// calibration are the items of s to calibrate on, with what they have shown before.
func (j Job) calibration(s split) (calibrate.Items, error) {
	items := s.calibration
	if j.Memo == nil {
		return items, nil
	}
	j.Memo.about(j)
	shown, err := of(j.Memo.shown, j, s.choice.Calibration)
	items.Shown = shown
	return items, err
}

// evaluation are the items of s to evaluate on, with what the float network has made of them before.
func (j Job) evaluation(s split) (evaluate.Items, error) {
	items := s.evaluation
	if j.Memo == nil {
		return items, nil
	}
	j.Memo.about(j)
	known, err := of(j.Memo.answers, j, s.choice.Evaluation)
	items.Known = known
	return items, err
}

// refined is what refinements have found on the items of s to calibrate on, or on the first of them. It is much: that of
// other items is forgotten.
func (j Job) refined(s split) (*refine.Memory, error) {
	if j.Memo == nil {
		return nil, nil
	}
	j.Memo.about(j)
	known, err := of(j.Memo.refined, j, s.choice.Calibration)
	maps.DeleteFunc(j.Memo.refined, func(_ [sha256.Size]byte, other *refine.Memory) bool { return other != known })
	return known, err
}

// about forgets what is not about j's network and data, or too much.
func (m *Memo) about(j Job) {
	if m.model != j.Model || m.data != j.Data || len(m.shown) > memoLists || len(m.answers) > memoLists {
		*m = Memo{j.Model, j.Data, map[[sha256.Size]byte]*calibrate.Shown{}, map[[sha256.Size]byte]*evaluate.Known{}, map[[sha256.Size]byte]*refine.Memory{}}
	}
}

// of is what is known of chosen items, as j preprocesses them.
func of[T any](known map[[sha256.Size]byte]*T, j Job, chosen []int) (*T, error) {
	b, err := json.Marshal(struct {
		Preprocess any
		Items      []int
	}{j.Recipe.Preprocess, chosen})
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(b)
	if known[key] == nil {
		known[key] = new(T)
	}
	return known[key], nil
}
