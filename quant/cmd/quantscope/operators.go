package main

import (
	"context"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
)

func listOperators(_ context.Context, c console, args []string) error {
	f := newFlags("operators", "", "Lists the ONNX operators that networks are read with, and how each runs: on integers where its inputs and output are\n"+
		"quantized, in float only, or as other operators, into which it is turned when the file is read.")
	if _, err := f.parse(c.out, args, 0, 0); err != nil {
		return err
	}
	list := quant.Operators()
	if *f.json {
		return printJSON(c.out, list)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, o := range list {
		show(w, "%s\t%s\n", o.Name, o.Runs)
	}
	return w.Flush()
}
