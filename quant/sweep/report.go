package sweep

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Line is a row of the report.
type Line struct {
	Row
	Receipt *receipt.Receipt // nil: there is none
	Why     string           // there is no receipt
	Notes   Notes            // of one that is there
}

// Network is its model's file name.
func (l Line) Network() string {
	return strings.TrimSuffix(path.Base(filepath.ToSlash(l.Model.Path)), ".onnx")
}

// Measured are right answers, of so many, of the float network, simulated and on integers. Where there are no labels,
// float's answers count as right; where the network does not classify, ok is false.
func (l Line) Measured() (float, quantized, integer, of int, ok bool) {
	m := l.Receipt.Metrics
	switch {
	case m.Labelled > 0:
		return m.Top1Float, m.Top1Quant, m.Top1Integer, m.Labelled, true
	case m.Measure == "":
		return m.N, m.Agreement, m.Agreement, m.N, true
	}
	return 0, 0, 0, 0, false
}

// Missing are the rows that can have a receipt and have none, each key once, in the order of the plan.
func Missing(ctx context.Context, s *Store, rows []Row) ([]Row, error) {
	var list []Row
	seen := map[string]bool{}
	for _, row := range rows {
		if row.Failed != "" || seen[row.Key] {
			continue
		}
		seen[row.Key] = true
		_, err := s.receipt(ctx, row)
		if broken := (damaged{}); errors.Is(err, fs.ErrNotExist) {
			list = append(list, row)
		} else if err != nil && !errors.As(err, &broken) { // that one is a line of the report
			return nil, err
		}
	}
	return list, nil
}

// damaged is an error of a receipt that is there and cannot be read.
type damaged struct{ error }

// receipt is a row's, fs.ErrNotExist if it has none, damaged if it is not one.
func (s *Store) receipt(ctx context.Context, row Row) (*receipt.Receipt, error) {
	b, err := s.get(ctx, receiptName(row.Key))
	if err != nil {
		return nil, err
	}
	r, err := receipt.Parse(b)
	if err != nil {
		return nil, damaged{fmt.Errorf("%s cannot be read: %s; remove it to have the row run again", s.at(receiptName(row.Key)), strings.TrimPrefix(err.Error(), "receipt: "))}
	}
	return r, nil
}

// Lines are the rows with what became of them.
func Lines(ctx context.Context, s *Store, rows []Row) ([]Line, error) {
	list := make([]Line, len(rows))
	for i, row := range rows {
		list[i] = Line{Row: row, Why: row.Failed}
		if row.Failed != "" {
			continue
		}
		var broken damaged
		var err error
		l := &list[i]
		switch l.Receipt, err = s.receipt(ctx, row); {
		case errors.Is(err, fs.ErrNotExist):
			var why []byte
			why, err = s.get(ctx, failedName(row.Key))
			if l.Why = strings.TrimSpace(string(why)); errors.Is(err, fs.ErrNotExist) {
				l.Why, err = "it has not been run yet", nil
			}
		case errors.As(err, &broken):
			l.Why, err = broken.Error(), nil
		case err == nil:
			l.Notes, err = s.notes(ctx, row)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// head names the columns of the table and of the CSV.
var head = []string{"model", "recipe", "seed", "items", "float", "quantized", "integer", "agreement", "bytes before", "bytes after", "measure", "value", "receipt", "failed", "warning", "notes"}

// fields are l's columns, counts and bytes as numbers.
func (l Line) fields() []string {
	f := []string{l.Network(), l.Name, strconv.FormatUint(l.Recipe.Data.Seed, 10)}
	if l.Receipt == nil {
		return append(f, "", "", "", "", "", "", "", "", "", "", l.Why, "", "")
	}
	m := l.Receipt.Metrics
	value, labelled := "", func(n int) string {
		if m.Labelled == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	if m.Measure != "" {
		value = strconv.FormatFloat(m.Value, 'g', -1, 64)
	}
	return append(f, strconv.Itoa(m.N), labelled(m.Top1Float), labelled(m.Top1Quant), labelled(m.Top1Integer), strconv.Itoa(m.Agreement),
		strconv.FormatInt(m.BytesBefore, 10), strconv.FormatInt(m.BytesAfter, 10), string(m.Measure), value, l.Key, "", l.Notes.Warning, strings.Join(l.Notes.Notes, " "))
}

// CSV has a line for each row.
func CSV(lines []Line) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(head) // a Builder takes everything
	for _, l := range lines {
		w.Write(l.fields())
	}
	w.Flush()
	return b.String()
}

// JSON is the report as one document.
func JSON(lines []Line) (string, error) {
	type row struct {
		Model   string           `json:"model"`
		Recipe  string           `json:"recipe"`
		Seed    uint64           `json:"seed"`
		Receipt string           `json:"receipt,omitempty"` // its name in the sweep's folder
		Metrics *receipt.Metrics `json:"metrics,omitempty"`
		Failed  string           `json:"failed,omitempty"`
		Warning string           `json:"warning,omitempty"`
		Notes   []string         `json:"notes,omitempty"`
	}
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i] = row{Model: l.Model.Path, Recipe: l.Name, Seed: l.Recipe.Data.Seed, Failed: l.Why, Warning: l.Notes.Warning, Notes: l.Notes.Notes}
		if l.Receipt != nil {
			rows[i].Receipt, rows[i].Metrics = receiptName(l.Key), &l.Receipt.Metrics
		}
	}
	doc, err := json.MarshalIndent(struct {
		Rows []row `json:"rows"`
	}{rows}, "", "  ")
	return string(doc), err
}

// Table has a line for each row, for a terminal.
func Table(lines []Line) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join([]string{"model", "recipe", "seed", "float", "quantized", "integers", "agreement", "parameters", ""}, "\t"))
	for _, l := range lines {
		fmt.Fprintln(w, strings.Join(l.told(), "\t"))
	}
	w.Flush()
	if said := remarks(lines); len(said) > 0 {
		fmt.Fprintln(&b)
		for _, r := range said {
			fmt.Fprintf(&b, "%s, %s: %s\n", r.kind(), r.Rows, r.Sentence)
		}
	}
	return b.String()
}

// remark is a sentence about some of the rows.
type remark struct {
	Warning  bool
	Sentence string
	Rows     string // which they are
}

func (r remark) kind() string {
	if r.Warning {
		return "warning"
	}
	return "note"
}

// remarks are what there is to say of the rows, each sentence once: warnings first, then notes, in the order of the plan.
func remarks(lines []Line) []remark {
	var list [2][]remark
	at := map[string][]int{} // rows, by kind and sentence
	note := func(kind int, sentence string, i int) {
		key := strconv.Itoa(kind) + sentence
		if sentence == "" {
			return
		}
		if at[key] == nil {
			list[kind] = append(list[kind], remark{Warning: kind == 0, Sentence: sentence})
		}
		at[key] = append(at[key], i)
	}
	for i, l := range lines {
		note(0, l.Notes.Warning, i)
		for _, n := range l.Notes.Notes {
			note(1, n, i)
		}
	}
	all := slices.Concat(list[0], list[1])
	for i, r := range all {
		kind := 1
		if r.Warning {
			kind = 0
		}
		rows := at[strconv.Itoa(kind)+r.Sentence]
		first := lines[rows[0]]
		all[i].Rows = fmt.Sprintf("%s with %s", first.Network(), first.Name)
		if len(rows) == len(lines) && len(rows) > 1 {
			all[i].Rows = "all rows"
		} else if len(rows) > 1 {
			all[i].Rows += fmt.Sprintf(" and %s", phrase.Plural(len(rows)-1, "other row", "other rows"))
		}
	}
	return all
}

// told are l's columns for people.
func (l Line) told() []string {
	t := []string{l.Network(), l.Name, strconv.FormatUint(l.Recipe.Data.Seed, 10)}
	if l.Receipt == nil {
		return append(t, "", "", "", "", "", l.Why)
	}
	m := l.Receipt.Metrics
	share := func(n, of int) string {
		if of == 0 {
			return "-"
		}
		return phrase.Percent(float64(n) / float64(of))
	}
	note := ""
	switch {
	case m.Measure != "" && l.Notes.Warning == "":
		note = fmt.Sprintf("%s %g", m.Measure, m.Value)
	case m.Measure != "":
		note = fmt.Sprintf("%s %g; see the warning", m.Measure, m.Value)
	case l.Notes.Warning != "":
		note = "see the warning"
	}
	return append(t, share(m.Top1Float, m.Labelled), share(m.Top1Quant, m.Labelled), share(m.Top1Integer, m.Labelled), share(m.Agreement, m.N),
		phrase.Bytes(m.BytesAfter), note)
}
