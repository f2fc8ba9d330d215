package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// sweepCommand runs sweeps. It is a program of its own because it carries Apache Beam, which is several times as large as
// everything else.
const sweepCommand = "quantscope-sweep"

// sweep hands the command line on, in which flags of Beam may be that only the other program knows.
func sweep(ctx context.Context, c console, args []string) error {
	f := newFlags("sweep", "PLAN.json", "Quantizes every model of a plan by every recipe with every seed, and writes a receipt for each and a report.\n"+
		"Rows whose receipt is there are not run again: a sweep that was cut off goes on where it was. The plan:\n\n"+
		"  {\"format\": \"quantscope-sweep/1\",\n"+
		"   \"models\":  [{\"path\": \"model.onnx\", \"preprocess\": \"imagenet\"}],\n"+
		"   \"recipes\": [\"config1\", \"config2\", \"mine.json\"],\n"+
		"   \"seeds\":   [1, 2],\n"+
		"   \"data\":    [\"images/\", \"more.zip\", \"links.manifest\"],\n"+
		"   \"calibration\": 64, \"evaluation\": 0, \"parts\": 4}\n\n"+
		"It runs on this machine, or on any Apache Beam runner, whose own flags it takes too: quant/cmd/sweep/README.md.")
	f.String("out", "", "keep receipts and report in `FOLDER`, or in a bucket (default the plan's name without its ending)")
	f.Int("workers", 0, "`N` steps at a time on each machine (default its processors)")
	f.String("cache", "", "keep what links lead to in `FOLDER` (default the user's cache)")
	f.String("runner", "", "Beam `RUNNER`: prism, flink, dataflow, spark (default prism, in the process itself)")
	f.String("endpoint", "", "`HOST:PORT` of the runner's job service")
	if slices.ContainsFunc(args, func(a string) bool { return a == "-h" || a == "-help" || a == "--help" }) {
		return f.help(c.out)
	}
	path, err := findSweep()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, c.out, c.err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exited(max(exit.ExitCode(), 1)) // it has said why
	}
	return err
}

// exited is the status of another program, which has told what is wrong.
type exited int

func (e exited) Error() string { return fmt.Sprintf("%s ended with status %d", sweepCommand, int(e)) }

// findSweep looks beside this program, then where the shell looks.
func findSweep() (string, error) {
	name := sweepCommand
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("sweeps are run by a second program, %s, which is neither beside this one nor in the PATH: in the source, make sweep builds it", name)
	}
	return path, nil
}
