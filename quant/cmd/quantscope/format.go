package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/export"
)

func formatNames() string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// formatOf finds a format by its name or a backend's.
func (f *flags) formatOf(name string) (export.Format, error) {
	format, err := export.FormatOf(name)
	if err != nil {
		return format, f.wrong(err.Error())
	}
	return format, nil
}

// files are what --format writes: one file as -o names it; of several, the names begin as it does.
func files(result *quant.Result, format export.Format, out string) ([]export.File, []string, error) {
	base := strings.TrimSuffix(filepath.Base(out), filepath.Ext(out))
	if out == "" {
		base = "quantized"
	}
	list, notes, err := export.Export(format.Name, base, result.Calibrated)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		list[i].Name = filepath.Join(filepath.Dir(out), list[i].Name)
	}
	if len(list) == 1 && out != "" {
		list[0].Name = out
	}
	return list, notes, nil
}

// printChanges sums up for each backend what it would do otherwise.
func printChanges(w *tabwriter.Writer, changes []export.Change) {
	kinds := []export.Kind{export.Skipped, export.Added, export.Range, export.Clipped, export.ZeroPoint, export.Width, export.Scales, export.Grid}
	fmt.Fprintf(w, "\nbackend")
	for _, k := range kinds {
		fmt.Fprintf(w, "\t%s", k)
	}
	fmt.Fprintln(w)
	for i := 0; i < len(changes); {
		backend, count := changes[i].Backend, map[export.Kind]int{}
		for ; i < len(changes) && changes[i].Backend == backend; i++ {
			for _, k := range changes[i].What {
				count[k]++
			}
		}
		fmt.Fprint(w, backend)
		for _, k := range kinds {
			fmt.Fprintf(w, "\t%d", count[k])
		}
		fmt.Fprintln(w)
	}
}
