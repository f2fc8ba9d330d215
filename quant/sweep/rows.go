package sweep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/mqbench"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Row is one receipt to be: all that it depends on, and where to find it.
type Row struct {
	Index  int           `json:"index"` // in the plan: models, within them recipes, within them seeds
	Model  Network       `json:"model"`
	Name   string        `json:"name"` // of the recipe, as the plan has it
	Recipe recipe.Recipe `json:"recipe"`
	Key    string        `json:"key"`    // digest of everything that the receipt depends on; "" where that cannot be known
	Failed string        `json:"failed"` // why there can be no receipt
	Notes  []string      `json:"notes"`  // what of the recipe as the plan has it was left out
	Items  string        `json:"items"`  // digest of the data
	Parts  int           `json:"parts"`
	Bytes  int64         `json:"bytes"` // about what its parts keep in the store until the row is finished
}

// keyVersion heads what is hashed for a row's key, so that nothing else has the same digest.
const keyVersion = "quantscope sweep row 1\n"

// Rows are those of a plan, in its order. Models and data are opened to digest them and to fit the recipes; a model or
// data that cannot be opened make rows that say so. What is wrong with a recipe by itself is an error.
func Rows(ctx context.Context, p *Plan, base string, o *Opener) ([]Row, error) {
	var recipes []recipe.Recipe
	var names []string
	var own []bool // of a document, not a preset
	var notes [][]string
	for i, doc := range p.Recipes {
		r, document, said, err := readRecipe(ctx, doc, base, o)
		if err != nil {
			return nil, fmt.Errorf("recipes[%d]: %w", i, err)
		}
		if p.Calibration != nil {
			r.Data.Calibration = *p.Calibration
		}
		if p.Evaluation != nil {
			r.Data.Evaluation = *p.Evaluation
		}
		if err := r.Validate(); err != nil {
			return nil, fmt.Errorf("recipes[%d]: %w", i, err)
		}
		recipes, names, own, notes = append(recipes, r), append(names, nameOf(doc, r, i)), append(own, document), append(notes, said)
	}
	var rows []Row
	for _, n := range p.Models {
		m, err := o.Model(ctx, n)
		var sum string
		var d *dataset.Dataset
		if err == nil {
			if d, err = o.Dataset(ctx, n.Data); err == nil {
				sum, err = digest(d)
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i, r := range recipes {
			for _, seed := range seeds(p, r) {
				row := Row{Index: len(rows), Model: n, Name: names[i], Recipe: r, Parts: p.Parts, Notes: notes[i]}
				row.Recipe.Data.Seed = seed
				if err != nil {
					row.Failed = err.Error()
				} else {
					row.fit(m, own[i])
					row.Key, row.Items = key(m, row.Recipe, sum), sum
					row.Bytes = bytesOf(m, row.Recipe.Data, d.Len())
				}
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

func seeds(p *Plan, r recipe.Recipe) []uint64 {
	if len(p.Seeds) == 0 {
		return []uint64{r.Data.Seed}
	}
	return p.Seeds
}

// fit gives a recipe what depends on the network, as quantscope quantize does with the same settings.
func (row *Row) fit(m *quant.Model, document bool) {
	r := &row.Recipe
	switch {
	case row.Model.ClassOffset != nil:
		r.Data.ClassOffset = *row.Model.ClassOffset
	case !document:
		r.Data.ClassOffset = m.ClassOffset()
	}
	if row.Model.Preprocess != "" {
		r.Preprocess, _ = family(row.Model.Preprocess) // which check knows
	}
	if inputs := m.Inputs(); len(inputs) == 1 && (!document || row.Model.Preprocess != "") {
		r.Preprocess = dataset.Adapt(r.Preprocess, inputs[0].Shape)
	}
}

// readRecipe reads a preset's name, a recipe's path, or a recipe. document tells that it says what depends on the network
// too, which MQBench's configuration does not. Notes say what of MQBench's configuration has no effect.
func readRecipe(ctx context.Context, doc json.RawMessage, base string, o *Opener) (r recipe.Recipe, document bool, notes []string, err error) {
	var name string
	if json.Unmarshal(doc, &name) != nil {
		var one bytes.Buffer // lines are those of the plan, where there are any
		if err := json.Compact(&one, doc); err != nil {
			return r, true, nil, err
		}
		r, err = recipe.Parse(one.Bytes())
		return r, true, nil, err
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".yaml", ".yml", ".py":
	default:
		r, err = recipe.Preset(name)
		return r, false, nil, err
	}
	b, err := o.read(ctx, from(base, name), maxText)
	if err != nil {
		return r, true, nil, err
	}
	if document = !mqbench.LooksLike(b); document {
		r, err = recipe.Parse(b)
	} else {
		r, notes, err = mqbench.Read(b, nil)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return r, document, notes, err
}

// bytesOf is what the answers to n items take, as far as they evaluate.
func bytesOf(m *quant.Model, d recipe.Data, n int) int64 {
	if m.AnswerBytes() > maxAnswer {
		return 0
	}
	if d.Evaluation > 0 {
		n = min(n, d.Evaluation)
	}
	return int64(n)*int64(m.AnswerBytes()) + 1
}

// nameOf is how a plan calls its recipe i.
func nameOf(doc json.RawMessage, r recipe.Recipe, i int) string {
	var name string
	if json.Unmarshal(doc, &name) == nil {
		return strings.TrimSuffix(filepath.Base(filepath.FromSlash(name)), ".json")
	}
	return fmt.Sprintf("%s (recipe %d)", r.Name, i+1)
}

// digest is of all the items of a dataset, in their order, with their labels.
func digest(d *dataset.Dataset) (string, error) {
	all := make([]int, d.Len())
	for i := range all {
		all[i] = i
	}
	sum, err := d.Digest(all)
	return hex.EncodeToString(sum[:]), err
}

// key is the digest of what a row's receipt is made of.
func key(m *quant.Model, r recipe.Recipe, data string) string {
	canonical, err := r.Canonical()
	if err != nil {
		return "" // the row fails, and says why
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s%s\n%s\n%s\n", keyVersion, quant.Version, m.SHA256, data)
	if shapes := m.Graph.Inputs; len(shapes) > 0 {
		for _, v := range shapes {
			fmt.Fprintln(h, m.Graph.Values[v].Shape)
		}
	}
	h.Write(canonical)
	return hex.EncodeToString(h.Sum(nil))
}
