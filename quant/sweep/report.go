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
		if _, err := s.receipt(ctx, row); errors.Is(err, fs.ErrNotExist) {
			list = append(list, row)
		} else if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// receipt is a row's, fs.ErrNotExist if it has none.
func (s *Store) receipt(ctx context.Context, row Row) (*receipt.Receipt, error) {
	b, err := s.get(ctx, receiptName(row.Key))
	if err != nil {
		return nil, err
	}
	r, err := receipt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; remove it to have the row run again", receiptName(row.Key), err)
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
		r, err := s.receipt(ctx, row)
		if errors.Is(err, fs.ErrNotExist) {
			var why []byte
			why, err = s.get(ctx, failedName(row.Key))
			if list[i].Why = strings.TrimSpace(string(why)); errors.Is(err, fs.ErrNotExist) {
				list[i].Why, err = "it has not been run yet", nil
			}
		}
		if err != nil {
			return nil, err
		}
		list[i].Receipt = r
	}
	return list, nil
}

// head names the columns of the table and of the CSV.
var head = []string{"model", "recipe", "seed", "items", "float", "quantized", "integer", "agreement", "bytes before", "bytes after", "measure", "value", "receipt", "failed"}

// fields are l's columns, counts and bytes as numbers.
func (l Line) fields() []string {
	f := []string{l.Network(), l.Name, strconv.FormatUint(l.Recipe.Data.Seed, 10)}
	if l.Receipt == nil {
		return append(f, "", "", "", "", "", "", "", "", "", "", l.Why)
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
		strconv.FormatInt(m.BytesBefore, 10), strconv.FormatInt(m.BytesAfter, 10), string(m.Measure), value, l.Key, "")
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
	}
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i] = row{Model: l.Model.Path, Recipe: l.Name, Seed: l.Recipe.Data.Seed, Failed: l.Why}
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
	return b.String()
}

// leastLabelled is of how many items it says something that fewer than half are right.
const leastLabelled = 16

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
	case m.Measure != "":
		note = fmt.Sprintf("%s %g", m.Measure, m.Value)
	case m.Labelled >= leastLabelled && 2*m.Top1Float < m.Labelled:
		note = "the float network does badly: does quantscope preprocess find a better preprocessing?"
	}
	return append(t, share(m.Top1Float, m.Labelled), share(m.Top1Quant, m.Labelled), share(m.Top1Integer, m.Labelled), share(m.Agreement, m.N),
		phrase.Bytes(m.BytesAfter), note)
}
