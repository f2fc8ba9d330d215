package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/exec"
)

func proveBounds(ctx context.Context, c console, args []string) error {
	f := newFlags("bounds", "MODEL.onnx DATA...", "Proves how large the integer sums of each layer get, whatever the input, and which engines would saturate; and counts\n"+
		"the activations next to a rounding tie, which is where engines differ. --json has the input that reaches each bound.\n"+
		"DATA as for quantize.")
	items := f.Int("items", 16, "count ties on `N` items")
	job, b, err := ask(ctx, c, f, args, quant.Memory.Calibrating, func(j quant.Job) (*quant.Bounds, error) { return quant.ProveBounds(ctx, j, nil, *items) })
	if err != nil || *f.json {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	slices.SortStableFunc(b.Sums, func(a, b exec.Sums) int { return cmp.Compare(b.Bits, a.Bits) })
	slices.SortStableFunc(b.Ties, func(a, b diagnose.Ties) int { return cmp.Compare(b.Near*max(a.Numbers, 1), a.Near*max(b.Numbers, 1)) })
	show(w, "%s, %s: %d layers on integers, longest sums first\n\n", job.Model.Name, job.Recipe.Name, len(b.Sums))
	show(w, "layer\tproducts\tworst channel\tleast\tgreatest\tbits\tpairs beyond 16 bits\n")
	seven := 0
	for i, s := range b.Sums {
		if s.SevenBits {
			seven++
		}
		if i < worstLayers {
			show(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", s.Name, s.Terms, s.Channel, s.Low, s.High, s.Bits, s.Saturating)
		}
	}
	over := 0
	for _, s := range b.Sums {
		over += s.Overflow
	}
	verdict := "Every accumulator fits in 32 bits."
	if over > 0 {
		verdict = fmt.Sprintf("%d channels may exceed 32 bits; their layers run in float.", over)
	}
	show(w, "\n%s\n", verdict)
	if seven > 0 {
		show(w, "An engine that adds two products in 16 bits may saturate in %d layers: they need 7-bit weights there.\n", seven)
	}
	if len(b.Ties) > 0 {
		show(w, "\nactivation\tnext to a tie\tof numbers\n")
	}
	for _, t := range b.Ties[:min(len(b.Ties), worstLayers)] {
		show(w, "%s\t%.4f %%\t%d\n", t.Name, 100*float64(t.Near)/float64(max(t.Numbers, 1)), t.Numbers)
	}
	return w.Flush()
}
