package main

import (
	"context"
	"crypto"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/receipt"
)

// verdictRow is one receipt of many.
type verdictRow struct {
	Source string `json:"source"`
	verification
	Recipe string `json:"recipe,omitempty"` // its name
	Error  string `json:"error,omitempty"`  // why it could not be checked

	reported receipt.Metrics
}

// receiptsOf tells receipts, which are .json or links, from data.
func receiptsOf(args []string) (receipts, data []string) {
	for _, a := range args {
		if isLink(a) || strings.HasSuffix(a, ".json") {
			receipts = append(receipts, a)
		} else {
			data = append(data, a)
		}
	}
	return receipts, data
}

// verifyAll checks receipts one after the other with one copy of the model and the data. One that cannot
// be read or computed is a row like the others.
func verifyAll(ctx context.Context, c console, bar *progress, job quant.Job, sources []string, key crypto.PublicKey, asJSON bool) error {
	rows := make([]verdictRow, len(sources))
	wrong := 0
	code := engine.NewPool(1)
	defer code.Close()
	for i, source := range sources {
		row := verdictRow{Source: short(source)}
		claim, err := openClaim(ctx, source, key)
		if err == nil {
			row.Recipe, row.reported = claim.Recipe.Name, claim.Metrics
			row.verification, err = check(ctx, claim, job, code)
			row.Signed = key != nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			row.Error = err.Error()
		}
		if err != nil || row.Differs {
			wrong++
		}
		rows[i] = row
	}
	bar.clear()
	var err error
	if asJSON {
		err = printJSON(c.out, rows)
	} else {
		err = printVerdicts(c, rows)
	}
	if err == nil && wrong > 0 {
		return errDiffers
	}
	return err
}

func printVerdicts(c console, rows []verdictRow) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "receipt\trecipe\tverdict\tmatch\tdiffer\tnot run\tn\ttop-1 reported\t\n")
	for _, r := range rows {
		n := map[receipt.Status]int{}
		why := r.Cause
		for _, s := range r.Steps {
			n[s.Status]++
			if s.Status == receipt.Differs && s.Detail != "" && !strings.Contains(why, ":") {
				why = s.Name + ": " + s.Detail + ". " + r.Cause
			}
		}
		verdict := "match"
		switch {
		case r.Error != "":
			verdict, why = "refused", r.Error
		case r.Differs:
			verdict = "differs"
		case r.unchecked() != "":
			verdict = "not checked: give images"
		}
		if r.Error == "" && !r.Differs && r.Steps.Resaved() {
			why = "a re-saved file with the same weights"
		}
		top1 := "-"
		if m := r.reported; m.Labelled > 0 {
			top1 = fmt.Sprintf("%s → %s", percent(m.Top1Float, m.Labelled), percent(m.Top1Quant, m.Labelled))
		}
		show(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", r.Source, r.Recipe, verdict, n[receipt.Match], n[receipt.Differs], n[receipt.NotRun], r.reported.N, top1, why)
	}
	return w.Flush()
}
