package main

import (
	"context"
	"errors"
	"text/tabwriter"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/attest"
	"github.com/quantscope/quantscope/quant/receipt"
)

// errDiffers is a verdict that is not a match; it has been printed.
var errDiffers = errors.New("the receipt differs from what was computed here")

// verification is what verify prints as JSON.
type verification struct {
	Receipt  string               `json:"receipt"`            // its digest
	Signed   bool                 `json:"signed,omitempty"`   // by the key of --key
	Subjects []attest.Subject     `json:"subjects,omitempty"` // that were attested
	Steps    receipt.Verdict      `json:"steps"`
	Layers   []receipt.LayerCheck `json:"layers,omitempty"`
	Differs  bool                 `json:"differs"`
	Cause    string               `json:"cause,omitempty"` // a guess at why
	Engine   string               `json:"engine,omitempty"`
	Scalar   *receipt.Recheck     `json:"scalar,omitempty"` // where --scalar was given
}

func verify(ctx context.Context, c console, args []string) error {
	f := newFlags("verify", "RECEIPT [DATA...]", "Computes a receipt's result again from one's own copy of model and data and says step by step\n"+
		"whether it matches, differs or was not run. RECEIPT is a file, an attestation or a link, one that\n"+
		"holds all of it or http://HOST/r/ID. Without DATA the model, its quantized weights and what every\n"+
		"layer makes of probes are checked. With --table there may be many RECEIPTs, each .json or a link,\n"+
		"and each gets a row. The exit status is 1 where something differs.")
	model, labels := f.String("model", "", "the network, `MODEL.onnx`"), labelFlag(f)
	given := shapeFlag(f)
	keyFile := f.String("key", "", "accept only what this ed25519 or ECDSA key signed, `PUBLIC.pem`")
	layers := f.Bool("layers", false, "print every layer, not only the first that differs")
	scalar := f.Bool("scalar", false, "run the probes on the scalar engine too, which tells a fault of this machine's kernels from other data; slow")
	many := f.Bool("table", false, "check many receipts, a row each")
	rest, err := f.parse(c.out, args, 1, -1)
	if err != nil {
		return err
	}
	key, err := publicKey(*keyFile)
	if err != nil {
		return err
	}
	sources, data := rest[:1], rest[1:]
	if *model == "" {
		where := ""
		if !*many { // what is wrong with the receipt comes before what is missing
			c, err := openClaim(ctx, sources[0], key)
			if err != nil {
				return err
			}
			if c.Model.Source != "" {
				where = ": the sender says that it can be had from " + c.Model.Source
			}
		}
		return f.wrong("--model is missing" + where)
	}
	if *many {
		sources, data = receiptsOf(rest)
	}
	switch {
	case len(sources) == 0:
		return f.wrong("there is no receipt: their names end in .json")
	case *many && *scalar:
		return f.wrong("--scalar checks one receipt, not a --table of them")
	}
	var first claim
	if !*many {
		if first, err = openClaim(ctx, sources[0], key); err != nil {
			return err
		}
	}
	job, err := open(*model, data, *labels, given)
	if err == nil {
		job, err = job.Afford(ctx, quant.Memory.Quantizing)
	}
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	job.Progress = bar.step
	if *many {
		return verifyAll(ctx, c, bar, job, sources, key, *f.json)
	}
	code := engine.NewPool(1)
	defer code.Close()
	v, err := check(ctx, first, job, code)
	if err != nil {
		return err
	}
	if *scalar {
		again, err := quant.Recheck(ctx, first.Receipt, job)
		if err != nil {
			return err
		}
		v.Scalar, v.Differs = &again, v.Differs || len(again.Differ) > 0
	}
	v.Signed = key != nil
	bar.clear()
	if first.Data.Copied() && !first.Recipe.Data.Overlap {
		c.note([]string{receipt.Copies})
	}
	if *f.json {
		err = printJSON(c.out, v)
	} else {
		err = v.print(c, first.signedBy(v.Signed), *layers)
	}
	if err == nil && v.Differs {
		return errDiffers
	}
	return err
}

// check verifies one claim. The networks of a verification, and of many, share in code what is compiled; where weights are
// learned, threads are shared instead.
func check(ctx context.Context, c claim, job quant.Job, code *engine.Pool) (verification, error) {
	if !c.Recipe.Learns() {
		job.Pool = code
	}
	checked, err := quant.Verify(ctx, c.Receipt, job)
	if err != nil {
		return verification{}, err
	}
	digest, err := c.Digest()
	return verification{
		Receipt: digest, Subjects: c.Subjects, Steps: checked.Steps, Layers: checked.Layers, Differs: checked.Steps.Differs(), Cause: checked.Cause, Engine: checked.Engine,
	}, err
}

// unchecked tells that nothing differs and the figures are the sender's word; empty where that is not so.
func (v verification) unchecked() string {
	if v.Differs || v.Steps.Status(receipt.StepMetrics) != receipt.NotRun {
		return ""
	}
	return "The receipt's figures were not checked: give the images."
}

func (v verification) print(c console, signed []string, layers bool) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, line := range signed {
		show(w, "%s\n", line)
	}
	for _, s := range v.Steps {
		show(w, "%s\t%s\t%s\n", s.Name, s.Status, s.Expected)
		if s.Status == receipt.Differs && s.Got != s.Expected {
			show(w, "\there\t%s\n", s.Got)
		}
		if s.Detail != "" {
			show(w, "\t\t%s\n", s.Detail)
		}
	}
	for _, sentence := range []string{v.Cause, v.unchecked(), v.Engine} {
		if sentence != "" {
			show(w, "%s\n", sentence)
		}
	}
	if v.Scalar != nil {
		show(w, "%s\n", v.Scalar.Sentence)
	}
	if err := w.Flush(); err != nil || !layers {
		return err
	}
	show(w, "\nlayer\tweights\toutput\t\n")
	for _, l := range v.Layers {
		show(w, "%s\t%s\t%s\t%s\n", l.Name, l.Weights, l.Output, l.Detail)
	}
	return w.Flush()
}
