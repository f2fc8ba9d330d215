package receipt

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/jcs"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

var update = flag.Bool("update", false, "write testdata")

// sample is a receipt with every field in use.
func sample(t testing.TB) *Receipt {
	t.Helper()
	r := sample1(t)
	r.Format, r.Recipe.Data.Seed = Format, 1<<53-1
	r.Model.Graph, r.Model.Weights, r.Digests.Weights = Sum([]byte("graph")), Sum([]byte("tensors")), Sum([]byte("codes"))
	r.Model.Tensors = []string{"01234567", "fedcba98"}
	r.Activations = []scheme.QParams{
		{Scale: []float32{0.018658448}, ZeroPoint: []int32{114}, QMax: 255, Axis: -1},
		{Scale: []float32{1e-7}, ZeroPoint: []int32{0}, QMin: -128, QMax: 127, Axis: -1},
	}
	db := 31.46
	codes := []int32{1, -2, 3}
	r.Layers = []Layer{{Name: "conv1 <é>", SQNR: &db, Weights: printOf(codes, 8), Output: printOf(codes, 8)}, {Name: "softmax", Output: printOf(codes, 32)}}
	r.Probes = Probes{Seed: 1<<53 - 1, Count: 2, Root: Sum([]byte("probes"))}
	var err error
	if r.RecipeDigest, err = r.Recipe.Digest(); err != nil {
		t.Fatal(err)
	}
	return r
}

// sample1 is a receipt of version 1.
func sample1(t testing.TB) *Receipt {
	t.Helper()
	rec := recipe.Recipe{
		Format: recipe.Format, Name: "config1 <&> \"né\"", Backend: "academic", Rule: scheme.PyTorch,
		Weight:     recipe.Quantizer{FakeQuant: "fixed", Observer: "minmax", Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}},
		Activation: recipe.Quantizer{FakeQuant: "fixed", Observer: "ema_minmax", EMARatio: 0.9, Scheme: scheme.QScheme{Bits: 8}},
		Preprocess: recipe.Preprocess{Resize: 256, Width: 224, Height: 224, Channels: "rgb", Layout: "nchw", Scale: 1.0 / 255,
			Mean: []float32{0.485, 0.456, 0.406}, Std: []float32{0.229, 0.224, 0.225}},
		Data: recipe.Data{Calibration: 100, Batch: 10, Evaluation: 500, Seed: 1<<64 - 1},
	}
	d, err := rec.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return &Receipt{
		Format: Format1, Engine: "quantscope/0.1",
		Model:  Model{SHA256: Sum([]byte("model")), Bytes: 5002017, Name: "squeezenet <1.0>.onnx"},
		Recipe: rec, RecipeDigest: d,
		Data:    Data{Calibration: Set{Digest: Sum([]byte("calibration")), Count: 100}, Evaluation: Set{Digest: Sum([]byte("evaluation")), Count: 500}},
		Digests: Digests{QParams: Sum([]byte("qparams")), Logits: Sum([]byte("logits")), Integer: Sum([]byte("integer"))},
		Metrics: Metrics{N: 500, Labelled: 500, Top1Float: 311, Top1Quant: 314, Top1Integer: 313, Agreement: 480, BytesBefore: 4997032, BytesAfter: 1260000},
	}
}

func canonical(t *testing.T, r *Receipt) []byte {
	t.Helper()
	b, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCanonicalRoundTrip(t *testing.T) {
	r := sample(t)
	b := canonical(t, r)
	for _, c := range b {
		if c == '\n' || c == '\t' {
			t.Fatalf("white space in the canonical form: %q", b)
		}
	}
	if !bytes.Contains(b, []byte(`squeezenet <1.0>.onnx`)) {
		t.Error("< and > are escaped")
	}
	back, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if again := canonical(t, back); !bytes.Equal(b, again) {
		t.Errorf("read and written again:\n%s\n%s", b, again)
	}
	want, _ := r.Digest()
	if got := Sum(b); got != want || !IsDigest(got) {
		t.Errorf("digest %s, bytes have %s", want, got)
	}
}

// Links to receipts live for ever, so the canonical form of a version must not change: another form
// needs another Format. Written by -update from the samples.
func TestCanonicalFormIsFixed(t *testing.T) {
	for name, r := range map[string]*Receipt{"testdata/receipt-1.json": sample1(t), "testdata/receipt-2.json": sample(t)} {
		b := canonical(t, r)
		if *update {
			if err := os.WriteFile(name, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b, want) {
			t.Errorf("got\n%s\nwant\n%s", b, want)
		}
		back, err := Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, r) {
			t.Errorf("%s is read as\n%+v\nwant\n%+v", name, back, r)
		}
	}
}

func TestParseTakesAnEditedLayout(t *testing.T) {
	for _, r := range []*Receipt{sample1(t), sample(t)} {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, canonical(t, r), "", "  "); err != nil {
			t.Fatal(err)
		}
		docs := [][]byte{pretty.Bytes()}
		if r.Format == Format { // RFC 8785: other orders, escapes and spellings of numbers
			typed, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, typed, bytes.Replace(typed, []byte(`"sqnr":31.46`), []byte(`"sqnr":3146e-2`), 1))
		}
		want, _ := r.Digest()
		for _, doc := range docs {
			back, err := Parse(doc)
			if err != nil {
				t.Fatalf("%s: %v", doc, err)
			}
			if got, _ := back.Digest(); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(canonical(t, sample1(t)))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range []struct{ name, doc, want string }{
		{"empty", "", "not JSON"},
		{"text", "hello", "not JSON"},
		{"truncated", good[:len(good)/2], "not JSON"},
		{"two", good + good, "not JSON"},
		{"array", "[]", "not a Quantscope receipt"},
		{"null", "null", "not a Quantscope receipt"},
		{"no format", "{}", "no field \"format\""},
		{"other document", replace(Format1, "quantscope-recipe/1"), "not a Quantscope receipt"},
		{"newer", replace(Format1, "quantscope-receipt/3"), `field "format" is "quantscope-receipt/3", newer than this Quantscope`},
		{"newer with new fields", replace(Format1+`",`, `quantscope-receipt/10","probes":[],`), "newer than this Quantscope"},
		{"long unknown field", replace(`"engine":`, `"`+strings.Repeat("x", 9999)+`":0,"engine":`), "unknown field"},
		{"unknown field", replace(`"engine":`, `"extra":[],"engine":`), `unknown field "extra"`},
		{"older spelling", replace(Format1, "quantscope-receipt/one"), "not a Quantscope receipt"},
		{"wrong type", replace(`"bytes":5002017`, `"bytes":"5002017"`), `field "model.bytes" is a string`},
		{"missing field", replace(`"engine":"quantscope/0.1",`, ""), `"engine" is empty`},
		{"version 1 with fields of version 2", replace(`,"metrics":`, `,"probes":{"seed":1,"count":0,"root":""},"metrics":`), "has not"},
		{"missing zero field", replace(`,"classOffset":0`, ""), "not in canonical form"},
		{"repeated field", replace(`"engine":`, `"engine":"other","engine":`), "not in canonical form"},
		{"letter case", replace(`"engine":`, `"Engine":`), "not in canonical form"},
		{"number spelled otherwise", replace(`"emaRatio":0.9`, `"emaRatio":0.90`), "not in canonical form"},
		{"escaped letter", replace(`squeezenet`, `squ\u0065ezenet`), "not in canonical form"},
		{"negative size", replace(`"bytes":5002017`, `"bytes":-1`), `"model.bytes"`},
		{"upper-case digest", strings.Replace(good, Sum([]byte("model")), strings.ToUpper(Sum([]byte("model"))), 1), `"model.sha256"`},
		{"short digest", strings.Replace(good, Sum([]byte("qparams")), "abc", 1), `"digests.qparams"`},
		{"changed recipe", replace(`"bits":8`, `"bits":4`), `"recipeDigest"`},
		{"more right than evaluated", replace(`"top1Quant":314`, `"top1Quant":501`), `"metrics.top1Quant"`},
		{"line break in a name", replace(`squeezenet`, `squeeze\nnet`), "unprintable"},
		{"long name", replace(`squeezenet`, strings.Repeat("n", maxText+1)), `"model.name"`},
		{"not UTF-8", replace(`squeezenet`, "\xff"), "not in canonical form"},
		{"used set without digest", strings.Replace(good, Sum([]byte("calibration")), "", 1), `"data.calibration"`},
		{"evaluated without logits", strings.Replace(good, Sum([]byte("logits")), "", 1), `"digests.logits"`},
		{"evaluated without integer logits", strings.Replace(good, Sum([]byte("integer")), "", 1), `"digests.integer"`},
		{"more right on integers than evaluated", replace(`"top1Integer":313`, `"top1Integer":501`), `"metrics.top1Integer"`},
		{"more items than asked for", replace(`"count":100`, `"count":101`), `"data.calibration"`},
		{"endless items", replace(`"count":100`, `"count":9223372036854775807`), `"data.calibration"`},
		{"more evaluated than items", replace(`"n":500`, `"n":1073741824`), `"metrics.n"`},
		{"fewer evaluated than items", replace(`"n":500`, `"n":499`), `"metrics.n"`},
		{"more differ than disagree", replace(`"agreement":480`, `"agreement":498`), `"metrics.top1Float"`},
		{"parameters the file has no room for", replace(`"bytesBefore":4997032`, `"bytesBefore":9200000000000000000`), `"metrics.bytesBefore"`},
		{"parameters for nothing", replace(`"bytesAfter":1260000`, `"bytesAfter":0`), `"metrics.bytesAfter"`},
		{"endless model", replace(`"bytes":5002017`, `"bytes":9223372036854775807`), `"model.bytes"`},
		{"same items, and another number of them", replace(Sum([]byte("evaluation")), Sum([]byte("calibration"))), "the same items"},
		{"long number", replace(`"bytes":5002017`, `"bytes":`+strings.Repeat("9", 50000)), `field "model.bytes" is a number 999`},
		{"long backend", replace(`"backend":"academic"`, `"backend":"`+strings.Repeat("x", 50000)+`"`), "backend"},
		{"escape sequence", replace(`"backend":"academic"`, `"backend":"\u001b[2J"`), "backend"},
		{"too large", strings.Repeat(" ", MaxBytes) + good, "at most"},
		{"deep", strings.Repeat("[", 100000), "not JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Parse([]byte(c.doc))
			if err == nil {
				t.Fatalf("accepted: %+v", r)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not tell %q", err, c.want)
			}
			checkSentence(t, err)
		})
	}
}

func TestParseRefusesLayers(t *testing.T) {
	good := string(canonical(t, sample(t)))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q: %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range []struct{ name, doc, want string }{
		{"version 1 by name only", replace(Format, Format1), "format"},
		{"half a digest", replace(Sum([]byte("graph")), Sum([]byte("graph"))[:32]), `"model.graph"`},
		{"tensors without a root", replace(`,"weights":"`+Sum([]byte("tensors"))+`"`, ""), `"model.tensors"`},
		{"codes without a root", replace(`,"weights":"`+Sum([]byte("codes"))+`"`, ""), "fingerprint"},
		{"short tensor", replace("01234567", "0123"), `"model.tensors"`},
		{"tensor in upper case", replace("fedcba98", "FEDCBA98"), `"model.tensors"`},
		{"no scale", replace("[0.018658448]", "[]"), `"activations"`},
		{"two scales", replace("[0.018658448]", "[0.1,0.2]"), `"activations"`},
		{"scale of zero", replace("[0.018658448]", "[0]"), `"activations"`},
		{"negative scale", replace("[0.018658448]", "[-1]"), `"activations"`},
		{"scale beyond float32", replace("[0.018658448]", "[1e300]"), `"activations.scale"`},
		{"more digits than float32 has", replace("[0.018658448]", "[0.01865844801]"), "not in canonical form"},
		{"no codes", replace(`"quantMax":255`, `"quantMax":0`), `"activations"`},
		{"endless codes", replace(`"quantMax":255`, `"quantMax":2147483647`), `"activations"`},
		{"unknown grid", replace(`"axis":-1,`, `"axis":-1,"grid":"x",`), "grid"},
		{"no root", replace(Sum([]byte("probes")), ""), `"probes"`},
		{"too many probes", replace(`"count":2`, `"count":2000000`), `"probes"`},
		{"fingerprint missing", strings.Replace(good, `"output":"`+string(sample(t).Layers[0].Output)+`",`, "", 1), "fingerprint"},
		{"fingerprint in upper case", strings.Replace(good, string(sample(t).Layers[1].Output), strings.ToUpper(string(sample(t).Layers[1].Output))+"AA", 1), "fingerprint"},
		{"long name", replace(`conv1 <é>`, strings.Repeat("n", maxLabel+1)), `"layers"`},
		{"control character in a name", replace(`conv1 <é>`, `\u001b[2J`), `"layers"`},
		{"decibels with many decimals", replace("31.46", "31.4600001"), "SQNR"},
		{"endless decibels", replace("31.46", "1e9"), "SQNR"},
		{"many layers", replace(`"layers":[`, `"layers":[`+strings.Repeat(`{"name":"x","output":"0000000000000000"},`, 5000)), "at most"},
		{"seed beyond what every reader keeps", replace(`"seed":9007199254740991`, `"seed":9007199254740993`), "rounded"},
		{"repeated field", replace(`"engine":`, `"engine":"other","engine":`), "twice"},
		{"letter case", replace(`"engine":`, `"Engine":`), "not in canonical form"},
		{"missing zero field", replace(`"classOffset":0,`, ""), "not in canonical form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.doc))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not tell %q", err, c.want)
			}
			checkSentence(t, err)
		})
	}
}

// The receipts of the shared cases claim what cannot be.
func TestSharedCases(t *testing.T) {
	for _, name := range shared.Glob(t, "*.json", "cases", "rel-13-receipt-claims") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(b); err == nil {
			t.Errorf("%s is accepted", filepath.Base(name))
		} else {
			checkSentence(t, err)
		}
	}
}

// checkSentence holds for every error about a stranger's receipt.
func checkSentence(t *testing.T, err error) {
	t.Helper()
	if len(err.Error()) > 500 {
		t.Errorf("error of %d bytes", len(err.Error()))
	}
	for _, c := range err.Error() {
		if !unicode.IsPrint(c) {
			t.Errorf("%q has %U", err.Error(), c)
		}
	}
}

func TestWeightsOnlyReceipt(t *testing.T) {
	r := sample(t)
	r.Data, r.Digests.Logits, r.Digests.Integer, r.Model.Name = Data{}, "", "", ""
	r.Metrics = Metrics{BytesBefore: 10, BytesAfter: 3}
	b := canonical(t, r)
	if bytes.Contains(b, []byte(`onnx`)) {
		t.Errorf("an untold name is written: %s", b)
	}
	if _, err := Parse(b); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/receipt-1.json", "testdata/receipt-2.json"} {
		whole, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole)
	}
	f.Add([]byte(`{"format":"quantscope-receipt/1"}`))
	f.Add([]byte(`{"format":"quantscope-receipt/99","x":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Parse(b)
		if err != nil {
			checkSentence(t, err)
			return
		}
		var want bytes.Buffer
		if r.Format == Format1 {
			err = json.Compact(&want, b)
		} else {
			var c []byte
			c, err = jcs.Canonical(b)
			want.Write(c)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := canonical(t, r); !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("accepted a second form:\n%s\n%s", b, got)
		}
	})
}

// A receipt that could not be read again leaves out what takes most.
func TestShorten(t *testing.T) {
	r := sample(t)
	r.Model.Name = ""
	if left, err := r.Shorten(); left != "" || err != nil || len(r.Activations) == 0 {
		t.Errorf("%q, %v", left, err)
	}
	wide := scheme.QParams{QMax: 255}
	for range 20000 {
		wide.Scale, wide.ZeroPoint = append(wide.Scale, 0.018658448), append(wide.ZeroPoint, 114)
	}
	r.Activations = append(r.Activations, wide)
	if _, err := Parse(canonical(t, r)); err == nil {
		t.Fatal("it is short")
	}
	left, err := r.Shorten()
	if left != "the numbers of activations" || err != nil || len(r.Layers) == 0 {
		t.Errorf("%q, %v", left, err)
	}
	if _, err := Parse(canonical(t, r)); err != nil {
		t.Error(err)
	}
}

// −0 is no number of RFC 8785: a figure that were one would not be what is read.
func TestNoNegativeZero(t *testing.T) {
	for _, x := range []float64{Decibels(-0.001), Decibels(math.Copysign(0, -1)), Figure(report.Values, -1e-9), Figure(report.Signals, -1e-9)} {
		if math.Signbit(x) {
			t.Errorf("%v", x)
		}
	}
}
