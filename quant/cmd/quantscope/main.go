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
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/internal/input"
)

// patience is how long an interrupted run may take to end by itself. What it wrote so far is nothing, or
// whole, so that it can be ended anywhere.
const patience = 800 * time.Millisecond

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	c := console{os.Stdout, os.Stderr, &disk{}}
	done := make(chan int, 1)
	go func() { done <- run(ctx, c, os.Args[1:]) }()
	select {
	case status := <-done:
		os.Exit(status)
	case <-signals:
	}
	signal.Stop(signals) // another one ends the process whatever it does
	cancel()
	select {
	case status := <-done:
		os.Exit(status)
	case <-time.After(patience):
		if c.disk.keeps.Load() {
			os.Exit(<-done)
		}
		c.tell(c.interrupted())
		os.Exit(1)
	}
}

// console is where a subcommand writes: results to out, everything else to err, and files to disk.
type console struct {
	out, err io.Writer
	disk     *disk
}

// note tells what is to be known of what a run was given.
func (c console) note(lists ...[]string) {
	for _, n := range slices.Concat(lists...) {
		show(c.err, "note: %s\n", n)
	}
}

// interrupted is what a run that was cut off has to say.
func (c console) interrupted() error {
	switch placed, err := c.disk.abandon(); {
	case err != nil:
		return fmt.Errorf("interrupted; %w", input.Told(err))
	case placed:
		return errors.New("interrupted when the files were written")
	}
	return errors.New("interrupted; nothing was written")
}

// tell says in one sentence what went wrong.
func (c console) tell(err error) { fmt.Fprintln(c.err, "quantscope:", oneLine(err)) }

// subcommand is one verb. run gets the arguments behind the verb.
type subcommand struct {
	name, about string
	run         func(ctx context.Context, c console, args []string) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"inspect", "what is in a network", inspect},
		{"operators", "supported operators, and how each runs", listOperators},
		{"run", "tensors through a network", runTensors},
		{"eval", "a network's accuracy on labelled images", eval},
		{"preprocess", "which preprocessing a network was trained with", checkPreprocess},
		{"quantize", "calibrate, quantize, evaluate and export a network", quantize},
		{"diagnose", "which layers lose the accuracy, why, and what helps", diagnoseNetwork},
		{"refine", "make a recipe better step by step", refineNetwork},
		{"train", "train a network with its quantizers in place", trainNetwork},
		{"search", "how many bits each layer should have, within a budget", searchBits},
		{"bounds", "how large integer sums get, and what lies next to a rounding tie", proveBounds},
		{"calibration", "whether there are enough calibration images, and which make the ranges", checkCalibration},
		{"table", "the accuracy of several networks under several recipes", table},
		{"sweep", "models × recipes × seeds, on this machine or many", sweep},
		{"verify", "recompute receipts from one's own model and data", verify},
		{"share", "a link that holds a receipt, and a badge", shareReceipt},
		{"serve", "the page and the share service on this machine", serveSite},
		{"attest", "sign a receipt with one's own key", attestReceipt},
	}
}

// run executes the command line and gives the exit status.
func run(ctx context.Context, c console, args []string) int {
	err := dispatch(ctx, c, args)
	var wrong usageError
	var other exited
	switch {
	case errors.As(err, &other):
		return int(other)
	case err == nil, errors.Is(err, errHelped):
		return 0
	case errors.Is(err, errDiffers): // the verdict is already printed
		return 1
	case errors.Is(err, context.Canceled):
		err = c.interrupted()
	}
	c.tell(err)
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
	case "-version", "--version", "version":
		_, err := fmt.Fprintln(c.out, "quantscope", quant.Version)
		return err
	case "":
		return usageError{"name a subcommand: " + names() + "; quantscope --help says what each does"}
	}
	for _, s := range subcommands() {
		if s.name == name {
			return s.run(ctx, c, args[1:])
		}
	}
	if name == "export" {
		return usageError{"there is no subcommand \"export\": quantize --format FORMAT -o FILE exports what it quantized"}
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
		fmt.Fprintf(&b, "  %-11s %s\n", s.name, s.about)
	}
	b.WriteString("\nquantscope SUBCOMMAND --help lists a subcommand's arguments. --json makes the output one JSON document.\n" +
		"The exit status is 1 if the input is wrong or a receipt does not match, 2 if the command line is wrong.\n")
	_, err := io.WriteString(w, b.String())
	return err
}
