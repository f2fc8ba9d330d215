package sweep

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/quantscope/quantscope/site/plot"
)

// Files of a report, in the sweep's folder.
const (
	ReportCSV  = "report.csv"
	ReportText = "report.txt"
	ReportHTML = "report.html"
)

//go:embed report.html
var page string

// Width and height of a picture, and its margins, in CSS pixels.
const (
	width, height = 640.0, 300.0
	margin        = 70.0
)

// picture is size against accuracy of one network.
type picture struct {
	Name     string
	Trade    plot.Trade
	Sentence string
	Dots     []dot
}

type dot struct {
	plot.Dot
	Title string
}

// WriteReport writes the report: table, CSV and a page that needs nothing else. It depends on the rows and on what
// became of them, and on nothing besides: neither on time nor on who ran them.
func WriteReport(ctx context.Context, s *Store, lines []Line) error {
	html, err := HTML(lines)
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, text string }{{ReportCSV, CSV(lines)}, {ReportText, Table(lines)}, {ReportHTML, html}} {
		if err := s.put(ctx, f.name, []byte(f.text)); err != nil {
			return err
		}
	}
	return nil
}

// HTML is the report as a page.
func HTML(lines []Line) (string, error) {
	t, err := template.New("report").Parse(page)
	if err != nil {
		return "", err
	}
	type row struct {
		Columns []string
		Key     string
		Failed  bool
	}
	data := struct {
		Rows      []row
		Done, All int
		Pictures  []picture
		Remarks   []remark

		Width, Height, Margin, FrameWidth, FrameHeight, Below float64
	}{
		All: len(lines), Pictures: pictures(lines), Remarks: remarks(lines),
		Width: width, Height: height, Margin: margin, FrameWidth: width + margin + 10, FrameHeight: height + 35, Below: height + 16,
	}
	for _, l := range lines {
		r := row{Columns: l.told(), Failed: l.Receipt == nil}
		if l.Receipt != nil {
			data.Done++
			r.Key = l.Key
		}
		data.Rows = append(data.Rows, r)
	}
	var b strings.Builder
	err = t.Execute(&b, data)
	return b.String(), err
}

// pictures are those of the networks that classify, in the order of the plan.
func pictures(lines []Line) []picture {
	var list []picture
	for len(lines) > 0 {
		n := 1 // rows of one model are neighbours
		for n < len(lines) && lines[n].Model.Path == lines[0].Model.Path {
			n++
		}
		if p, ok := draw(lines[:n]); ok {
			list = append(list, p)
		}
		lines = lines[n:]
	}
	return list
}

func draw(lines []Line) (picture, bool) {
	var runs []plot.Outcome
	var float plot.Outcome
	var titles []string
	measure := "top-1 on integers"
	for _, l := range lines {
		if l.Receipt == nil {
			continue
		}
		f, _, integer, of, ok := l.Measured()
		if !ok {
			continue
		}
		m := l.Receipt.Metrics
		if m.Labelled == 0 {
			measure = "agreement with float"
		}
		if float.Of == 0 {
			float = plot.Outcome{Bytes: m.BytesBefore, Right: f, Of: of}
		}
		runs = append(runs, plot.Outcome{Bytes: m.BytesAfter, Right: integer, Of: of})
		titles = append(titles, fmt.Sprintf("%s, seed %d: %s", l.Name, l.Recipe.Data.Seed, strings.Join(l.told()[5:8], ", ")))
	}
	if len(runs) == 0 {
		return picture{}, false
	}
	p := picture{Name: lines[0].Network(), Trade: plot.NewTrade(runs, float, width, height), Sentence: plot.TradeSentence(runs, float, measure)}
	for i, d := range p.Trade.Dots {
		d.X = min(d.X, width) // of many rows of one size
		p.Dots = append(p.Dots, dot{d, titles[i]})
	}
	return p, true
}
