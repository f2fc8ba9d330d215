package quant

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Recheck runs a receipt's probes on the kernels, as compiled here, and on the scalar engine: whether they agree says
// whether a difference from the receipt is a fault of this machine or browser, or one of model, numbers or engine. It
// takes the model alone, and some hundred times as long as Verify's step.
func Recheck(ctx context.Context, expected *receipt.Receipt, j Job) (receipt.Recheck, error) {
	var out receipt.Recheck
	if expected.Format == receipt.Format1 {
		out.Sentence = "A receipt of version 1 has no layers that could be run again."
		return out, nil
	}
	j.Recipe, j.Data, j.Model = expected.Recipe, nil, j.Model.ordered(expected)
	scalar := engine.NewScalarPool()
	defer scalar.Close()
	var runs [2]receipt.Local
	for i, pool := range []*engine.Pool{j.Pool, scalar} {
		j.Pool = pool
		if err := describe(&runs[i], j.Model); err != nil {
			return out, err
		}
		if err := j.probe(ctx, expected, &runs[i]); err != nil {
			return out, err
		}
		if why := runs[i].Unprobed; why != "" || runs[i].Probes == (receipt.Probes{}) {
			out.Sentence = fmt.Sprintf("The layers cannot be run on the scalar engine: %s.", why)
			if why == "" {
				out.Sentence = "The receipt has no probes to run on the scalar engine."
			}
			return out, nil
		}
	}
	kernels, twins := runs[0], runs[1]
	out.Layers = len(twins.Layers)
	for i, l := range twins.Layers {
		if l.Output != kernels.Layers[i].Output {
			out.Differ = append(out.Differ, l.Name)
		}
	}
	if len(out.Differ) == 0 && kernels.Probes.Root != twins.Probes.Root {
		out.Differ = []string{twins.Layers[0].Name} // fingerprints collide, the tree's root does not
	}
	out.Receipt = receipt.Compare(expected, &twins).Steps.Status(receipt.StepProbes)
	layers := phrase.Plural(out.Layers, "layer", "layers")
	switch {
	case len(out.Differ) > 0:
		out.Sentence = fmt.Sprintf("A fault of the kernels on this machine: %d of %s, the first is %s, come out otherwise than on the scalar engine", len(out.Differ), layers, receipt.Quoted(out.Differ[0]))
		if out.Receipt == receipt.Match {
			out.Sentence += ", which gives what the receipt says."
		} else {
			out.Sentence += ", which does not give what the receipt says either."
		}
	case out.Receipt == receipt.Match:
		out.Sentence = fmt.Sprintf("No fault of the kernels: each of %s is the same on the scalar engine, and as the receipt says.", layers)
	default:
		out.Sentence = fmt.Sprintf("No fault of the kernels: each of %s is the same on the scalar engine. It is the model, the numbers or the engine that made the receipt.", layers)
	}
	return out, nil
}
