// Command quantscope-sweep runs a plan of package sweep as an Apache Beam pipeline: on Prism in its own process, or on
// any Beam runner. quantscope sweep calls it. It is a module of its own, so that nothing else carries Beam.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	beamlog "github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/sweep"
)

// Beam reads its own flags from the same place: --runner, --endpoint, --environment_type and those of each runner.
var (
	out     = flag.String("out", "", "keep receipts and report in `FOLDER`, or in a bucket, gs://… or s3://… (default the plan's name without its ending); all workers must reach it")
	workers = flag.Int("workers", runtime.NumCPU(), "`N` steps at a time on each machine, each in a process of its own")
	cache   = flag.String("cache", "", "keep what links lead to in `FOLDER` (default the user's cache)")
	asJSON  = flag.Bool("json", false, "print one JSON document")
	process = flag.Bool("process", false, "do the steps that come in on standard input; how the command calls itself")
)

func main() {
	plan := parse()
	beam.Init() // a runner's worker does not come back from here
	beamlog.SetupLogging("error", "text")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *process {
		here := settings{Out: *out, Cache: *cache}
		if err := sweep.Serve(ctx, here.worker(), os.Stdin, os.Stdout); err != nil {
			fail(err)
		}
		return
	}
	if err := run(ctx, plan); ctx.Err() != nil {
		fail(errors.New("interrupted; the same command goes on from here"))
	} else if err != nil {
		fail(err)
	}
}

// parse gives the plan's name; flags may stand before and behind it.
func parse() string {
	flag.CommandLine.Init("quantscope sweep", flag.ContinueOnError)
	flag.CommandLine.SetOutput(io.Discard)
	flag.Usage = func() {}
	var rest []string
	for args := os.Args[1:]; len(args) > 0; {
		err := flag.CommandLine.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Println("usage: quantscope-sweep PLAN.json [flags]; quantscope sweep --help tells the flags, and Beam's are taken too")
			os.Exit(0)
		}
		if err != nil {
			wrong(err.Error())
		}
		if args = flag.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	worker := flag.Lookup("worker") // Beam's: it is started by a runner
	switch {
	case *process, worker != nil && worker.Value.String() == "true":
		return ""
	case len(rest) != 1:
		wrong(fmt.Sprintf("%d plans are named; name one", len(rest)))
	case *workers < 1:
		wrong("--workers must be at least 1")
	}
	return rest[0]
}

func wrong(text string) {
	fmt.Fprintf(os.Stderr, "quantscope: sweep: %s; quantscope sweep --help tells how it is used\n", text)
	os.Exit(2)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "quantscope:", strings.Join(strings.Fields(err.Error()), " "))
	os.Exit(1)
}

// attempts is how often a wave is submitted that a runner does not bring to an end.
const attempts = 3

func run(ctx context.Context, planFile string) error {
	s, err := settingsFor(planFile)
	if err != nil {
		return err
	}
	w := s.worker()
	rows, err := w.Opener.Plan(ctx, planFile)
	if err != nil {
		return err
	}
	missing, err := sweep.Missing(ctx, w.Store, rows)
	if err != nil {
		return err
	}
	done := progress(ctx, w.Store, missing, len(rows)-len(missing))
	for _, wave := range sweep.Waves(missing) {
		if err := submit(ctx, w.Store, s, wave); err != nil {
			done()
			return err
		}
	}
	done()
	lines, err := sweep.Lines(ctx, w.Store, rows)
	if err != nil {
		return err
	}
	if err := sweep.WriteReport(ctx, w.Store, lines); err != nil {
		return err
	}
	if *asJSON {
		doc, err := sweep.JSON(lines)
		if err != nil {
			return err
		}
		fmt.Println(doc)
	} else {
		fmt.Print(sweep.Table(lines), "\nwritten: ", s.Out, "/", sweep.ReportHTML, ", ", sweep.ReportCSV, ", ", sweep.ReportText, ", receipts\n")
	}
	failed := 0
	for _, l := range lines {
		if l.Receipt == nil {
			failed++
		}
	}
	if failed > 0 {
		have := "have"
		if len(lines) == 1 {
			have = "has"
		}
		return fmt.Errorf("%d of %s %s no receipt; the report says why", failed, phrase.Plural(len(lines), "row", "rows"), have)
	}
	return nil
}

// submit runs rows as a pipeline, and once more where the runner gives up: what was done is not done again.
func submit(ctx context.Context, store *sweep.Store, s settings, rows []sweep.Row) error {
	var err error
	for range attempts {
		var left []sweep.Row
		if left, err = sweep.Missing(ctx, store, rows); err != nil || len(left) == 0 {
			return err
		}
		p, scope := beam.NewPipelineWithRoot()
		if err = build(scope, s, left); err != nil {
			return err
		}
		if err = beamx.Run(ctx, p); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("the runner gave up %d times: %w", attempts, err)
}

// settingsFor completes the flags.
func settingsFor(planFile string) (settings, error) {
	s := settings{Out: *out, Cache: *cache, Workers: *workers}
	if s.Out == "" {
		s.Out = strings.TrimSuffix(planFile, filepath.Ext(planFile))
		if s.Out == planFile {
			s.Out += "-sweep"
		}
	}
	if s.Cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return s, fmt.Errorf("name a folder by --cache: %w", err)
		}
		s.Cache = filepath.Join(user, "quantscope", "sweep")
	}
	for _, folder := range []*string{&s.Out, &s.Cache} {
		if strings.Contains(*folder, "://") {
			continue
		}
		var err error
		if *folder, err = filepath.Abs(*folder); err != nil {
			return s, err
		}
	}
	if info, err := os.Stat(s.Out); err == nil && !info.IsDir() {
		return s, fmt.Errorf("--out names %s, which is a file: receipts and report go to a folder of their own", s.Out)
	}
	if err := checkRunner(*runners.Runner, *jobopts.Endpoint); err != nil {
		return s, err
	}
	// A worker in this very process is what a Prism server is asked for, unless something else is said: there is no container.
	if r := strings.ToLower(*runners.Runner); *jobopts.Endpoint != "" && *jobopts.EnvironmentType == "" && (r == "" || strings.HasPrefix(r, "prism")) {
		*jobopts.EnvironmentType = "LOOPBACK"
	}
	return s, nil
}

// checkRunner tells before anything is opened that Beam will not find its way: it ends the program, in words for
// programmers, where a runner is not known.
func checkRunner(name, endpoint string) error {
	switch name {
	case "", "prism", "PrismRunner", "direct", "DirectRunner", "dataflow", "DataflowRunner":
		return nil
	case "flink", "FlinkRunner", "spark", "SparkRunner", "universal", "portable", "PortableRunner":
		if endpoint == "" {
			return fmt.Errorf("--runner %s needs the address of its job service: --endpoint HOST:PORT", name)
		}
		return nil
	}
	return fmt.Errorf("there is no runner %q: there are prism, which is what runs without --runner, flink, spark, dataflow, and universal for any other by --endpoint", name)
}

// command is a process that does steps: this program once more.
func (s settings) command() *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	c := exec.Command(self, "--process", "--out", s.Out, "--cache", s.Cache)
	c.Stderr = os.Stderr
	return c
}

// progress tells now and then how many rows are done, until the function that it gives is called.
func progress(ctx context.Context, store *sweep.Store, missing []sweep.Row, before int) func() {
	const pause = 30 * time.Second
	all, left := before+len(missing), missing // what is there is not looked for again: each look at a bucket is a request
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(pause):
			}
			if now, err := sweep.Missing(ctx, store, left); err == nil {
				left = now
				fmt.Fprintf(os.Stderr, "%d of %d rows are done\n", all-len(left), all)
			}
		}
	}()
	return func() { close(stop); <-ended }
}
