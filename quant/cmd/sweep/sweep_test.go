package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"
	"github.com/quantscope/quantscope/quant/recipe"
)

// The test's own binary is the command, and Prism's server, where these are set.
const (
	asCommand = "QUANTSCOPE_SWEEP_TEST_COMMAND"
	asPrism   = "QUANTSCOPE_SWEEP_TEST_PRISM"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asCommand) != "":
		main()
	case os.Getenv(asPrism) != "":
		port, err := strconv.Atoi(os.Getenv(asPrism))
		if err == nil {
			_, err = prism.CreateJobServer(context.Background(), prism.Options{Port: port})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		select {}
	default:
		os.Exit(m.Run())
	}
}

// size says how much the tests run: FULL=1 is what the issue asks for, 4 models × 25 recipes over 600 images, hours; else
// the page's sample under three recipes, and a model that is not there.
func plan(t *testing.T) (file string, full bool) {
	t.Helper()
	dir := t.TempDir()
	type network struct {
		Path       string `json:"path"`
		Preprocess string `json:"preprocess,omitempty"`
	}
	p := struct {
		Format      string    `json:"format"`
		Models      []network `json:"models"`
		Recipes     []any     `json:"recipes"`
		Data        []string  `json:"data"`
		Calibration int       `json:"calibration"`
		Evaluation  int       `json:"evaluation"`
		Parts       int       `json:"parts"`
	}{Format: "quantscope-sweep/1", Calibration: 4, Evaluation: 9, Parts: 3}
	sample, err := filepath.Abs("../../../site/static/sample")
	if err != nil {
		t.Fatal(err)
	}
	if full = os.Getenv("FULL") != ""; full {
		shared, err := filepath.Abs("../../../../shared")
		if err != nil {
			t.Fatal(err)
		}
		for name, family := range map[string]string{"squeezenet1_0": "imagenet", "mobilenetv2": "imagenet", "resnet20_cifar10": "cifar", "efficientnet_b0_cifar10_bn": "cifar"} {
			p.Models = append(p.Models, network{filepath.Join(shared, "models", name+".onnx"), family})
		}
		p.Recipes, p.Data = recipes(25), []string{filepath.Join(shared, "images", "imagenet224")}
		p.Calibration, p.Evaluation, p.Parts = 64, 0, 4
	} else {
		p.Models = []network{{Path: filepath.Join(sample, "model.onnx")}, {Path: "none.onnx"}}
		p.Recipes, p.Data = []any{filepath.Join(sample, "recipe.json"), "config2", "snpe"}, []string{filepath.Join(sample, "images.zip")}
	}
	doc, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "plan.json")
	if err := os.WriteFile(file, doc, 0o666); err != nil {
		t.Fatal(err)
	}
	return file, full
}

// recipes are n different ones: the presets, then config1 with weights of ever fewer bits.
func recipes(n int) []any {
	var list []any
	for _, r := range recipe.Presets() {
		list = append(list, r.Name)
	}
	for bits := 7; len(list) < n; bits-- {
		r := recipe.Presets()[0]
		if r.Weight.Scheme.Bits = 2 + bits%7; bits < 2 {
			r.Activation.Scheme.Bits = 7
		}
		r.Name = fmt.Sprintf("config1-w%da%d", r.Weight.Scheme.Bits, r.Activation.Scheme.Bits)
		list = append(list, r)
	}
	return list[:n]
}

// command is quantscope-sweep over a plan.
func command(file, out string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append([]string{file, "--out", out, "--cache", out + "-cache"}, args...)...)
	c.Env = append(os.Environ(), asCommand+"=1")
	c.Stderr = os.Stderr
	return c
}

// files are all that a sweep leaves, by name.
func files(t *testing.T, out string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"report.*", "receipts/*", "failed/*", "work/*/*"} {
		names, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[strings.TrimPrefix(name, out)] = string(b)
		}
	}
	return all
}

// complete runs the command to its end, which is status 1 where rows fail, and gives how long it took.
func complete(t *testing.T, c *exec.Cmd, status int) time.Duration {
	t.Helper()
	began := time.Now()
	_ = c.Run()
	if got := c.ProcessState.ExitCode(); got != status {
		t.Fatalf("%v: status %d, not %d", c.Args[1:], got, status)
	}
	return time.Since(began)
}

// However many workers there are, in whatever process the runner is, and whatever ends in the middle: the files that a
// sweep leaves are the same.
func TestSweepsEndAlike(t *testing.T) {
	file, full := plan(t)
	status := 1 // a model is not there
	if full {
		status = 0
	}
	base := t.TempDir()
	first := filepath.Join(base, "one")
	took := map[int]time.Duration{1: complete(t, command(file, first, "--workers", "1"), status)}
	want := files(t, first)
	if n := len(want); full && n != 100+3 || !full && n != 3+3 {
		t.Fatalf("%d files", n)
	}
	same := func(out string) {
		t.Helper()
		got := files(t, out)
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s: %s differs", out, name)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d files, not %d", out, len(got), len(want))
		}
	}
	for _, n := range []int{2, 4} {
		out := filepath.Join(base, fmt.Sprint("in-process-", n))
		took[n] = complete(t, command(file, out, "--workers", fmt.Sprint(n)), status)
		same(out)
	}
	ratio := took[1].Seconds() / took[2].Seconds()
	t.Logf("one process takes %.1f s, two %.1f s: %.2f times as fast", took[1].Seconds(), took[2].Seconds(), ratio)
	if full && ratio < 1.7 { // two idle processors are needed
		t.Errorf("two processes are %.2f times as fast as one", ratio)
	}

	endpoint := server(t)
	for _, n := range []int{1, 2, 4} {
		out := filepath.Join(base, fmt.Sprint("on-a-server-", n))
		complete(t, command(file, out, "--workers", fmt.Sprint(n), "--endpoint", endpoint), status)
		same(out)
		if !full {
			break // a server is slow to notice that a job is there
		}
	}

	t.Run("a worker is killed", func(t *testing.T) {
		out := filepath.Join(base, "killed-worker")
		c := command(file, out, "--workers", "2")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		halfWay(t, out)
		killed := 0
		for _, child := range children(t, c.Process.Pid) {
			if p, err := os.FindProcess(child); err == nil && p.Kill() == nil {
				killed++
				break
			}
		}
		_ = c.Wait()
		if got := c.ProcessState.ExitCode(); got != status || killed != 1 {
			t.Errorf("status %d, %d workers were killed", got, killed)
		}
		same(out)
	})
	t.Run("all is killed and begun again", func(t *testing.T) {
		out := filepath.Join(base, "killed")
		c := command(file, out, "--workers", "2", "--endpoint", endpoint)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		halfWay(t, out)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		if len(files(t, out)) >= len(want) {
			t.Error("it was at its end already")
		}
		complete(t, command(file, out, "--workers", "2"), status)
		same(out)
	})
}

// halfWay waits until something is kept of the first row.
func halfWay(t *testing.T, out string) {
	t.Helper()
	for range 6000 {
		if there, _ := filepath.Glob(filepath.Join(out, "work", "*", "*")); len(there) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nothing is kept after a minute")
}

// children are the processes that a process has started.
func children(t *testing.T, of int) (list []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("processes are found in /proc, which is not here")
	}
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(of) {
			id, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, id)
		}
	}
	return list
}

// server is a Prism server in a process of its own, and where it listens.
func server(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	l.Close()
	c := exec.Command(os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), asPrism+"="+port), os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for range 3000 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "localhost:" + port
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the server does not listen")
	return ""
}

// What is wrong is said in a sentence.
func TestWrongCommandLines(t *testing.T) {
	dir := t.TempDir()
	written := func(name, doc string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(doc), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	cut := written("cut.json", "{\"format\":\n\"quant")
	misspelt := written("misspelt.json", `{"recipies": []}`)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{filepath.Join(dir, "none.json"), "--out", dir}, 1, "there is no file"},
		{[]string{dir, "--out", dir}, 1, "it is a folder"},
		{[]string{cut, "--out", dir}, 1, "cut.json: this is not a plan: line 2: the document breaks off"},
		{[]string{misspelt, "--out", dir}, 1, "the fields are format, models"},
		{[]string{misspelt, "--out", cut}, 1, "which is a file"},
		{[]string{misspelt, "--out", dir, "--runner", "martian"}, 1, `there is no runner "martian"`},
		{[]string{misspelt, "--out", dir, "--runner", "flink"}, 1, "--endpoint HOST:PORT"},
		{[]string{"a.json", "b.json"}, 2, "name one"},
		{[]string{"a.json", "--wrokers", "2"}, 2, "wrokers"},
		{[]string{"a.json", "--workers", "0"}, 2, "at least 1"},
	} {
		cmd := exec.Command(os.Args[0], c.args...)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		var text strings.Builder
		cmd.Stderr = &text
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != c.status || !strings.Contains(text.String(), c.want) || strings.Count(text.String(), "\n") != 1 {
			t.Errorf("%v: status %d, %s", c.args, got, text.String())
		}
	}
}
