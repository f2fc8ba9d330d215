package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/receipt"
)

// errDiffers is a verdict that is not a match; it has been printed.
var errDiffers = errors.New("the receipt differs from what was computed here")

// verification is what verify prints as JSON.
type verification struct {
	Receipt string          `json:"receipt"` // its digest
	Steps   receipt.Verdict `json:"steps"`
	Differs bool            `json:"differs"`
	Cause   string          `json:"cause,omitempty"` // a guess at why
}

func verify(ctx context.Context, c console, args []string) error {
	f := newFlags("verify", "RECEIPT [DATA...]", "Computes a receipt's result again from one's own copy of model and data and says step by step\n"+
		"whether it matches, differs or was not run. RECEIPT is a file or a link, one that holds all of it\n"+
		"or http://HOST/r/ID. Without DATA the model, its quantized weights and what every layer makes of probes are checked. The exit\n"+
		"status is 1 where something differs.")
	model, labels := f.String("model", "", "the network, `MODEL.onnx`"), labelFlag(f)
	rest, err := f.parse(c.out, args, 1, -1)
	if err != nil {
		return err
	}
	if *model == "" {
		return f.wrong("--model is missing")
	}
	expected, err := openReceipt(ctx, rest[0])
	if err != nil {
		return err
	}
	job, err := open(*model, rest[1:], *labels)
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	job.Progress = bar.step
	checked, err := quant.Verify(ctx, expected, job)
	if err != nil {
		return err
	}
	bar.clear()
	digest, err := expected.Digest()
	if err != nil {
		return err
	}
	v := verification{digest, checked.Steps, checked.Steps.Differs(), checked.Cause}
	if *f.json {
		err = printJSON(c.out, v)
	} else {
		err = v.print(c)
	}
	if err == nil && v.Differs {
		return errDiffers
	}
	return err
}

// openReceipt reads a receipt from a file or a link.
func openReceipt(ctx context.Context, source string) (*receipt.Receipt, error) {
	if packed, ok := receipt.Linked(source); ok {
		return receipt.Unpack(packed)
	}
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		return fetchReceipt(ctx, source)
	}
	b, err := readFile(source, receipt.MaxBytes)
	if err != nil {
		return nil, err
	}
	r, err := receipt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return r, nil
}

func (v verification) print(c console) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, s := range v.Steps {
		show(w, "%s\t%s\t%s\n", s.Name, s.Status, s.Expected)
		if s.Status == receipt.Differs {
			show(w, "\there\t%s\n", s.Got)
		}
		if s.Detail != "" {
			show(w, "\t\t%s\n", s.Detail)
		}
	}
	if v.Cause != "" {
		show(w, "%s\n", v.Cause)
	}
	return w.Flush()
}
