package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
)

func searchBits(ctx context.Context, c console, args []string) error {
	f := newFlags("search", "MODEL.onnx DATA...", "Finds how many bits the weights of each layer should have: the noise that each layer makes with each number of bits is\n"+
		"measured on calibration items, the sum is made least within a budget by exact search, and what comes out is applied,\n"+
		"calibrated and tried. Without a budget it shows what there is from the smallest to the best. DATA as for quantize.")
	jf := newJobFlags(f)
	bytes := f.Int64("bytes", 0, "let the parameters take at most `N` bytes")
	operations := f.Int64("operations", 0, "allow at most `N` million bit operations: multiplications times bits of weight and activation, which get the same")
	by := f.String("by", "", "without a budget show the front by `LIMIT`: bytes, operations (default bytes)")
	bits := f.String("bits", "", "choose among these `BITS`, 32 for float: 2,4,8 (default what the backend has of 2, 3, 4, 6, 8, 16, 32)")
	points := f.Int("points", 0, "try `N` points of the front (default 6)")
	recipeOut := f.output("recipe-out", "write the recipe of the choice to `FILE`, for quantize --recipe")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	p := diagnose.MixedPlan{Limit: diagnose.LimitBytes, Budget: *bytes, Points: *points}
	switch {
	case *bytes > 0 && *operations > 0:
		return f.wrong("give either --bytes or --operations, not both")
	case *bytes < 0 || *operations < 0 || *points < 0:
		return f.wrong("--bytes, --operations and --points are not negative")
	case *by != "" && (*bytes > 0 || *operations > 0):
		return f.wrong("--by is for a front, which is shown without a budget: leave it out, or --bytes and --operations")
	case *operations > 0:
		p.Limit, p.Budget = diagnose.LimitOperations, *operations*1_000_000
	case *by == string(diagnose.LimitOperations):
		p.Limit = diagnose.LimitOperations
	case *by != "" && *by != string(diagnose.LimitBytes):
		return f.wrong(fmt.Sprintf("--by %q is none of bytes, operations", *by))
	}
	if p.Bits, err = bitsOf(*bits); err != nil {
		return f.wrong(err.Error())
	}
	if *recipeOut != "" && p.Budget == 0 {
		return f.wrong("--recipe-out needs a budget, --bytes or --operations, to choose by")
	}
	job, err := jf.open(c, rest, *recipeOut)
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	if job, err = job.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return err
	}
	if _, err := guardPreprocess(ctx, c, job, job.Runs(), bar); err != nil {
		return err
	}
	p.Progress = bar.step
	m, err := quant.Search(ctx, job, p)
	if err != nil {
		return err
	}
	bar.clear()
	c.note(jf.notes, m.Notes)
	if *recipeOut != "" {
		if err := c.disk.writeRecipe(*recipeOut, m.Chosen.Recipe); err != nil {
			return err
		}
	}
	if *f.json {
		return printJSON(c.out, m)
	}
	return printMixed(c, job.Model.Name, m)
}

// bitsOf reads a list of numbers.
func bitsOf(list string) ([]int, error) {
	if list == "" {
		return nil, nil
	}
	var bits []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 2 || n > 16 && n != diagnose.Float {
			return nil, fmt.Errorf("--bits %q: each is from 2 to 16, or 32 for float", list)
		}
		bits = append(bits, n)
	}
	return bits, nil
}

func printMixed(c console, model string, m *diagnose.Mixed) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "%s: %d layers with weights; noise added up, and what came of it\n\n", model, len(m.Layers))
	amount := func(n int64) string {
		if m.Limit == diagnose.LimitOperations {
			return fmt.Sprintf("%.1f million", float64(n)/1e6)
		}
		return size(n)
	}
	show(w, "%s\tpredicted\tlogits\tanswers\tbits\n", m.Limit)
	row := func(p diagnose.MixedPoint) {
		show(w, "%s\t%.1f dB\t%.1f dB\t%s\t%s\n", amount(p.Size), p.Predicted, p.Outcome.SQNR, percent(p.Outcome.Agree, p.Outcome.Items), bitsList(p.Bits))
	}
	for _, p := range m.Front {
		row(p)
	}
	if m.Chosen != nil {
		show(w, "\nchosen\n")
		row(*m.Chosen)
		for l, layer := range m.Layers {
			show(w, "%s\t%d bits\n", layer.Name, m.Chosen.Bits[l])
		}
	}
	return w.Flush()
}

// bitsList tells runs of the same bits: "8 4×17 8".
func bitsList(bits []int) string {
	var words []string
	for i := 0; i < len(bits); {
		n := 1
		for i+n < len(bits) && bits[i+n] == bits[i] {
			n++
		}
		word := strconv.Itoa(bits[i])
		if bits[i] == diagnose.Float {
			word = "float"
		}
		if n > 1 {
			word += fmt.Sprintf("×%d", n)
		}
		words = append(words, word)
		i += n
	}
	return strings.Join(words, " ")
}
