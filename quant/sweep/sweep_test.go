package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/receipt"
)

// asWorker makes the test's own binary a worker whose folder it names.
const asWorker = "QUANTSCOPE_SWEEP_TEST_WORKER"

// dying names a file: where it is, a worker ends in the middle of a step, and removes it first.
const dying = "QUANTSCOPE_SWEEP_TEST_DYING"

func TestMain(m *testing.M) {
	folder := os.Getenv(asWorker)
	if folder == "" {
		os.Exit(m.Run())
	}
	w := worker(folder)
	put := func(ctx context.Context, name string, b []byte) error {
		if file := os.Getenv(dying); file != "" && os.Remove(file) == nil {
			os.Exit(3)
		}
		return (&Store{}).put(ctx, name, b)
	}
	w.Store.Put = put
	w.Store.Get = func(ctx context.Context, name string) ([]byte, error) { return (&Store{}).get(ctx, name) }
	if err := Serve(context.Background(), w, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func worker(folder string) *Worker {
	return &Worker{Opener: &Opener{Remote: Remote{Folder: filepath.Join(folder, "fetched")}}, Store: &Store{Folder: folder}}
}

// material is a folder with the sample and what the page's sample calls its recipe.
func material(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"model.onnx", "images.zip", "recipe.json"} {
		b := sampletest.Read(t, name)
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const smallPlan = `{"format": "quantscope-sweep/1", "models": [{"path": "model.onnx"}, {"path": "none.onnx"}],
"recipes": ["recipe.json", "config2", "config2", "snpe"], "seeds": [1], "data": ["images.zip"], "calibration": 4, "evaluation": 9, "parts": 3}`

func rowsOf(t *testing.T, plan, dir string) []Row {
	t.Helper()
	p, err := Parse([]byte(plan), dir)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Rows(t.Context(), p, dir, worker(t.TempDir()).Opener)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// run does what a runner does: all rows at once, the parts of a row in an order of their own. left ends it after so
// many steps.
func run(t *testing.T, do func(context.Context, Work) (Done, error), s *Store, rows []Row, left int) {
	t.Helper()
	missing, err := Missing(t.Context(), s, rows)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	step := func(k Work) (Done, bool) {
		mu.Lock()
		left--
		over := left < 0
		mu.Unlock()
		if over {
			return Done{}, false
		}
		d, err := do(t.Context(), k)
		if err != nil {
			t.Error(err)
		}
		if d.Failed != "" {
			if err := s.Fail(t.Context(), k.Row, d.Failed); err != nil {
				t.Error(err)
			}
		}
		return d, err == nil && d.Failed == ""
	}
	var wait sync.WaitGroup
	for _, row := range missing {
		wait.Go(func() {
			d, ok := step(Work{Row: row, Step: StepBegin})
			if !ok || d.Parts == 0 {
				return
			}
			for _, part := range rand.Perm(d.Parts) {
				if _, ok := step(Work{row, StepPart, part}); !ok {
					return
				}
			}
			step(Work{Row: row, Step: StepFinish})
		})
	}
	wait.Wait()
}

// reportOf writes the report and gives its files, one behind the other.
func reportOf(t *testing.T, s *Store, rows []Row) string {
	t.Helper()
	lines, err := Lines(t.Context(), s, rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteReport(t.Context(), s, lines); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, name := range []string{ReportText, ReportCSV, ReportHTML} {
		b, err := s.get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
	return all
}

// receiptsIn are a sweep's receipts by name.
func receiptsIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, err := filepath.Glob(filepath.Join(folder, "receipts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = string(b)
	}
	return all
}

// A sweep's receipts are those that Quantize gives; a row that cannot be is a row with its reason; and processes, one of
// which ends in the middle, as well as a sweep that was cut off and begun again, end with the same report.
func TestSweep(t *testing.T) {
	dir := material(t)
	rows := rowsOf(t, smallPlan, dir)
	if len(rows) != 8 || rows[1].Key != rows[2].Key || rows[0].Key == rows[1].Key || rows[4].Failed == "" {
		t.Fatalf("%+v", rows)
	}
	one := worker(t.TempDir())
	run(t, one.Do, one.Store, rows, 1000)
	want, receipts := reportOf(t, one.Store, rows), receiptsIn(t, one.Store.Folder)
	if len(receipts) != 3 || strings.Count(want, "there is no file") != 3*4 {
		t.Fatalf("%d receipts\n%s", len(receipts), want)
	}
	for _, row := range rows[:4] {
		m, err := one.Opener.Model(t.Context(), row.Model)
		if err != nil {
			t.Fatal(err)
		}
		d, err := one.Opener.Dataset(t.Context(), row.Model.Data)
		if err != nil {
			t.Fatal(err)
		}
		j := quant.Job{Model: m, Data: d, Recipe: row.Recipe, Workers: 2, Progress: func(string, int, int) {}}
		whole, err := quant.Quantize(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := whole.Receipt.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if got := receipts[row.Key+".json"]; got != string(doc)+"\n" {
			t.Errorf("%s: the sweep has\n%s\nquantize\n%s", row.Name, got, doc)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(one.Store.Folder, "work", "*")); len(left) != 0 {
		t.Errorf("%v is left", left)
	}

	// Cut off after four steps and begun again.
	cut := worker(t.TempDir())
	run(t, cut.Do, cut.Store, rows, 4)
	if got := reportOf(t, cut.Store, rows); got == want || !strings.Contains(got, "has not been run yet") {
		t.Errorf("half a sweep reports\n%s", got)
	}
	run(t, cut.Do, cut.Store, rows, 1000)
	if got := reportOf(t, cut.Store, rows); got != want {
		t.Errorf("begun again it reports\n%s\nin one go\n%s", got, want)
	}
	// Nothing is run twice.
	run(t, func(context.Context, Work) (Done, error) { t.Error("a row is run again"); return Done{}, nil }, cut.Store, rows, 1000)

	// By processes, one of which ends.
	folder := t.TempDir()
	death := filepath.Join(t.TempDir(), "death")
	if err := os.WriteFile(death, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	pool := NewPool(2, func() *exec.Cmd {
		c := exec.Command(os.Args[0])
		c.Env, c.Stderr = append(os.Environ(), asWorker+"="+folder, dying+"="+death), os.Stderr
		return c
	})
	defer pool.Close()
	run(t, pool.Do, &Store{Folder: folder}, rows, 1000)
	if _, err := os.Stat(death); err == nil {
		t.Error("no process ended")
	}
	if got := reportOf(t, &Store{Folder: folder}, rows); got != want {
		t.Errorf("processes report\n%s\none worker\n%s", got, want)
	}
}

// A step whose process ends each time is given up, and the reason said.
func TestPoolGivesUp(t *testing.T) {
	pool := NewPool(1, func() *exec.Cmd { return exec.Command("false") })
	defer pool.Close()
	if d, err := pool.Do(t.Context(), Work{Step: StepBegin}); err != nil || !strings.Contains(d.Failed, "ended 3 times") {
		t.Errorf("%+v, %v", d, err)
	}
	none := NewPool(1, func() *exec.Cmd { return exec.Command(filepath.Join(t.TempDir(), "none")) })
	defer none.Close()
	if _, err := none.Do(t.Context(), Work{}); err == nil {
		t.Error("a worker that is not there worked")
	}
}

// An item that cannot be used is left out, as Quantize does it.
func TestBrokenItems(t *testing.T) {
	dir := material(t)
	if err := os.MkdirAll(filepath.Join(dir, "more", "zz"), 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := os.WriteFile(filepath.Join(dir, "more", "zz", fmt.Sprint(i, ".png")), []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	plan := strings.NewReplacer(`"images.zip"`, `"images.zip", "more"`, `, {"path": "none.onnx"}`, "", `"evaluation": 9`, `"evaluation": 0`, `"config2", "config2", "snpe"`, `"config1"`).Replace(smallPlan)
	rows := rowsOf(t, plan, dir)[:1]
	w := worker(t.TempDir())
	run(t, w.Do, w.Store, rows, 1000)
	lines, err := Lines(t.Context(), w.Store, rows)
	if err != nil || lines[0].Receipt == nil {
		t.Fatalf("%v, %+v", err, lines)
	}
	d, err := w.Opener.Dataset(t.Context(), rows[0].Model.Data)
	if err != nil {
		t.Fatal(err)
	}
	if n := lines[0].Receipt.Metrics.N + lines[0].Receipt.Data.Calibration.Count; n != d.Len()-3 {
		t.Errorf("%d of %d items were used", n, d.Len())
	}
}

// Images behind links, as a manifest lists them, give the receipt of the same images in a folder.
func TestManifest(t *testing.T) {
	dir := material(t)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	list := fmt.Sprintf("# images\n%s/images.zip\timages.zip\n\n", server.URL)
	if err := os.WriteFile(filepath.Join(dir, "all.manifest"), []byte(list), 0o666); err != nil {
		t.Fatal(err)
	}
	plan := strings.Replace(smallPlan, `"images.zip"`, `"all.manifest"`, 1)
	here, there := rowsOf(t, smallPlan, dir), rowsOf(t, strings.Replace(plan, `"model.onnx"`, `"`+server.URL+`/model.onnx"`, 1), dir)
	for i := range here[:4] {
		if here[i].Key == "" || here[i].Key != there[i].Key {
			t.Errorf("row %d: %s here, %s there: %s", i, here[i].Key, there[i].Key, there[i].Failed)
		}
	}
	for line, want := range map[string]string{
		server.URL + "/gone.png": "404", "ftp://host/a.png": "only links", "none.png": "there is no file", ".": "manifest lists files",
	} {
		if err := os.WriteFile(filepath.Join(dir, "all.manifest"), []byte(line), 0o666); err != nil {
			t.Fatal(err)
		}
		if failed := rowsOf(t, plan, dir)[0].Failed; !strings.Contains(failed, want) || strings.Contains(failed, "\n") {
			t.Errorf("%s: %q", line, failed)
		}
	}
}

func TestPlansAreChecked(t *testing.T) {
	for change, want := range map[[2]string]string{
		{`sweep/1`, `sweep/9`}:                             `it must be "quantscope-sweep/1"`,
		{`"seeds"`, `"sedes"`}:                             `line 2: there is no field "sedes": the fields are format, models, recipes, seeds, data`,
		{`"seeds": [1]`, `"seeds": [-1]`}:                  `field "seeds" is the number -1 where a whole number from 0 on is needed`,
		{`"seeds": [1]`, `"seeds": [9007199254740993]`}:    `seeds[0] is 9007199254740993; receipts hold`,
		{`"path": "none.onnx"`, `"file": "none.onnx"`}:     `there is no field "file" in models[1]: the fields are path, preprocess`,
		{`"parts": 3}`, `"parts": 3`}:                      `line 2: the document breaks off`,
		{`"images.zip"`, ``}:                               `has no data`,
		{`"recipe.json", `, `"recipe.json", 7, `}:          `recipes[1]`,
		{`"config2"`, `"config3"`}:                         `config3`,
		{`"recipe.json"`, `"gone.json"`}:                   `there is no file`,
		{`"calibration": 4`, `"calibration": 0`}:           `it must be 1 or more`,
		{`"parts": 3`, `"parts": -1`}:                      `parts is -1`,
		{`{"path": "none.onnx"}`, `{"path": ""}`}:          `models[1] has no path`,
		{`"none.onnx"}`, `"n", "preprocess":"x"}`}:         `there is no preprocessing "x"`,
		{`3}`, `3} {}`}:                                    `more follows`,
		{`[1]`, `[` + strings.Repeat("1,", 50_000) + `1]`}: `more than 100000 rows`,
	} {
		dir := material(t)
		doc := strings.Replace(smallPlan, change[0], change[1], 1)
		p, err := Parse([]byte(doc), dir)
		if err == nil {
			_, err = Rows(t.Context(), p, dir, worker(t.TempDir()).Opener)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}

// A receipt that is none is a line of the report and is not run over; the other rows run.
func TestDamagedReceipts(t *testing.T) {
	s := &Store{Folder: t.TempDir()}
	row, other := Row{Key: strings.Repeat("ab", 32)}, Row{Key: strings.Repeat("cd", 32)}
	if err := s.put(t.Context(), receiptName(row.Key), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if missing, err := Missing(t.Context(), s, []Row{row, other}); err != nil || len(missing) != 1 || missing[0].Key != other.Key {
		t.Errorf("%+v, %v", missing, err)
	}
	lines, err := Lines(t.Context(), s, []Row{row, other})
	if err != nil || lines[0].Receipt != nil || !strings.Contains(lines[0].Why, filepath.Join(s.Folder, "receipts")) || !strings.Contains(lines[0].Why, "remove it") || lines[1].Why != "it has not been run yet" {
		t.Errorf("%+v, %v", lines, err)
	}
}

// mqbenchConfig has an entry without effect.
const mqbenchConfig = `quantize:
  quantize_type: naive_ptq
  backend: academic
  cali_batchsize: 16
  deploy:
    model_name: r50
    output_path: ./
extra_prepare_dict:
  extra_qconfig_dict:
    w_observer: MinMaxObserver
    a_observer: EMAMinMaxObserver
    w_fakequantize: FixedFakeQuantize
    a_fakequantize: FixedFakeQuantize
    w_qscheme: {bit: 8, symmetry: true, per_channel: true, pot_scale: false}
    a_qscheme: {bit: 8, symmetry: false, per_channel: false, pot_scale: false}
  extra_quantizer_dict:
    academic_mode: true
`

// What quantize would say of a row is in every form of the report, once a sentence: too few items, a preprocessing that
// is another one, and what of MQBench's configuration has no effect; whether the row ran in parts or in one piece.
func TestNotesAreReported(t *testing.T) {
	dir := material(t)
	if err := os.WriteFile(filepath.Join(dir, "mq.yaml"), []byte(mqbenchConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	const plan = `{"format": "quantscope-sweep/1", "models": [{"path": "model.onnx", "preprocess": "mnist"}], "recipes": ["config1", "mq.yaml"],
"data": ["images.zip"], "calibration": 5000, "evaluation": 20, "parts": %d}`
	var first string
	for _, parts := range []int{3, 1} {
		rows := rowsOf(t, fmt.Sprintf(plan, parts), dir)
		w := worker(t.TempDir())
		run(t, w.Do, w.Store, rows, 1000)
		lines, err := Lines(t.Context(), w.Store, rows)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := JSON(lines)
		if err != nil {
			t.Fatal(err)
		}
		html, err := HTML(lines)
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"table": Table(lines), "csv": CSV(lines), "json": doc, "html": html} {
			for _, want := range []string{"5000 were asked for", "The float network has", "academic_mode"} {
				n := strings.Count(text, want)
				if n == 0 || n != 1 && (form == "table" || form == "html") {
					t.Errorf("%d parts, %s: %q is said %d times\n%s", parts, form, want, n, text)
				}
			}
		}
		if got := Table(lines); first == "" {
			first = got
		} else if got != first {
			t.Errorf("in parts\n%s\nin one piece\n%s", first, got)
		}
	}
}

// Serve ends with its input, and says what it cannot read.
func TestServe(t *testing.T) {
	w := worker(t.TempDir())
	var out bytes.Buffer
	k, err := json.Marshal(Work{Row: Row{Model: Network{Path: "none.onnx"}, Key: "k"}, Step: StepBegin})
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), w, bytes.NewReader(append(k, "\nnothing"...)), &out); err == nil {
		t.Error("what is no step was read")
	}
	var r reply
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Done.Failed == "" && r.Error == "" {
		t.Errorf("%s, %v", out.String(), err)
	}
}

// CSV and table have what a receipt has.
func TestReportOfOtherMeasures(t *testing.T) {
	l := Line{Row: Row{Name: "r", Model: Network{Path: "a/b.onnx"}, Key: "k"}, Receipt: &receipt.Receipt{Metrics: receipt.Metrics{N: 4, Agreement: 3, BytesBefore: 8, BytesAfter: 2, Measure: "pixels", Value: .5}}}
	if got := l.fields(); !slices.Equal(got, []string{"b", "r", "0", "4", "", "", "", "3", "8", "2", "pixels", "0.5", "k", "", "", ""}) {
		t.Errorf("%q", got)
	}
	if len(pictures([]Line{l})) != 0 {
		t.Error("a picture of shares of pixels")
	}
	l.Receipt.Metrics.Measure = ""
	if p := pictures([]Line{l, {Row: l.Row, Why: "it failed"}}); len(p) != 1 || !strings.Contains(p[0].Sentence, "agreement") {
		t.Errorf("%+v", p)
	}
	doc, err := JSON([]Line{l, {Row: l.Row, Why: "it failed"}})
	if err != nil || !strings.Contains(doc, `"receipt": "receipts/k.json"`) || !strings.Contains(doc, `"failed": "it failed"`) {
		t.Errorf("%v, %s", err, doc)
	}
}

// Waves keep the order, lose nothing and have room for one row at least.
func TestWaves(t *testing.T) {
	var rows []Row
	for i, n := range []int64{0, 10, 1, 20, 0, 3, 8} {
		rows = append(rows, Row{Index: i, Bytes: n})
	}
	var got [][]int
	for _, w := range waves(rows, 10) {
		var in []int
		for _, row := range w {
			in = append(in, row.Index)
		}
		got = append(got, in)
	}
	if want := [][]int{{0, 1}, {2}, {3}, {4, 5}, {6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if waves(nil, 10) != nil {
		t.Error("a wave of nothing")
	}
}

// MQBench's configuration says nothing of the network: sizes and classes are the network's own, as with a preset.
func TestMQBenchRowsFitTheNetwork(t *testing.T) {
	dir := material(t)
	if err := os.WriteFile(filepath.Join(dir, "mq.yaml"), []byte("quantize: {backend: Tensorrt}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, `{"format": "quantscope-sweep/1", "models": [{"path": "model.onnx"}], "recipes": ["tensorrt", "mq.yaml"], "data": ["images.zip"]}`, dir)
	if len(rows) != 2 || !reflect.DeepEqual(rows[0].Recipe, rows[1].Recipe) {
		t.Errorf("%+v", rows)
	}
}
