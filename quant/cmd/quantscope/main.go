// Command quantscope quantizes ONNX networks: the pipeline of package quant on the command line, the
// same numbers, bit for bit, as the page gives.
//
// Its exit status is 0, or 1 with one sentence on standard error where the input is wrong or a
// receipt does not match, or 2 where the command line is.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, console{os.Stdout, os.Stderr}, os.Args[1:]))
}

// console is where a subcommand writes: results to out, everything else to err.
type console struct{ out, err io.Writer }

// subcommand is one verb. run gets the arguments behind the verb.
type subcommand struct {
	name, about string
	run         func(ctx context.Context, c console, args []string) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"inspect", "what is in a network", inspect},
		{"run", "tensors through a network", runTensors},
		{"eval", "a network's accuracy on labelled images", eval},
		{"quantize", "calibrate, quantize, evaluate and export a network", quantize},
		{"table", "the accuracy of several networks under several recipes", table},
		{"verify", "recompute a receipt from one's own model and data", verify},
	}
}

// run executes the command line and gives the exit status.
func run(ctx context.Context, c console, args []string) int {
	err := dispatch(ctx, c, args)
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, errHelped):
		return 0
	case errors.Is(err, errDiffers): // the verdict is already printed
		return 1
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted; nothing was written")
	}
	fmt.Fprintln(c.err, "quantscope:", oneLine(err))
	if errors.As(err, &wrong) {
		return 2
	}
	return 1
}

func dispatch(ctx context.Context, c console, args []string) error {
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case "-h", "-help", "--help", "help":
		return help(c.out)
	case "":
		return usageError{"name a subcommand: " + names() + "; quantscope --help tells what each does"}
	}
	for _, s := range subcommands() {
		if s.name == name {
			return s.run(ctx, c, args[1:])
		}
	}
	return usageError{fmt.Sprintf("there is no subcommand %q: there are %s", name, names())}
}

func names() string {
	var list []string
	for _, s := range subcommands() {
		list = append(list, s.name)
	}
	return strings.Join(list, ", ")
}

func help(w io.Writer) error {
	var b strings.Builder
	b.WriteString("Quantscope quantizes ONNX networks and tells what it cost.\n\nusage: quantscope SUBCOMMAND ...\n\n")
	for _, s := range subcommands() {
		fmt.Fprintf(&b, "  %-10s %s\n", s.name, s.about)
	}
	b.WriteString("\nquantscope SUBCOMMAND --help lists a subcommand's arguments. --json makes the output one JSON document.\n" +
		"The exit status is 1 where the input is wrong or a receipt does not match, 2 where the command line is wrong.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// oneLine is an error as one sentence on one line.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
