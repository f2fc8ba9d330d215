package recipe_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

func config1(t *testing.T) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The canonical form is a promise: links made today are checked against it tomorrow.
func TestCanonicalFormIsFixed(t *testing.T) {
	doc, err := config1(t).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":"quantscope-recipe/1","name":"config1","backend":"academic",` +
		`"weight":{"fakeQuant":"fixed","observer":"minmax","emaRatio":0,"scheme":{"bits":8,"symmetric":true,"perChannel":true,"narrow":false,"pot":false}},` +
		`"activation":{"fakeQuant":"fixed","observer":"ema_minmax","emaRatio":0.9,"scheme":{"bits":8,"symmetric":false,"perChannel":false,"narrow":false,"pot":false}},` +
		`"rule":"pytorch","preprocess":{"resize":256,"width":224,"height":224,"channels":"rgb","layout":"nchw","scale":0.003921569,"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]},` +
		`"data":{"calibration":64,"batch":16,"evaluation":0,"seed":0,"overlap":false,"classOffset":0}}`
	if string(doc) != want {
		t.Errorf("got\n%s\nwant\n%s", doc, want)
	}
	digest, err := config1(t).Digest()
	if err != nil || digest != "3c2a99916faf19a96168bfa3b456f463edec9e3d1b731408a44a20fca238e67f" {
		t.Errorf("digest %s, %v", digest, err)
	}
}

func TestPresetsAreValidAndComeBack(t *testing.T) {
	seen := map[string]string{}
	for _, r := range recipe.Presets() {
		for _, f := range recipe.Families() {
			r.Preprocess = f.Preprocess
			doc, err := r.Canonical()
			if err != nil {
				t.Fatalf("%s, %s: %v", r.Name, f.Name, err)
			}
			back, err := recipe.Parse(doc)
			if err != nil {
				t.Fatalf("%s, %s: %v", r.Name, f.Name, err)
			}
			again, err := back.Canonical()
			if err != nil || string(again) != string(doc) {
				t.Errorf("%s, %s: does not come back: %s", r.Name, f.Name, again)
			}
			digest, _ := back.Digest()
			if other := seen[digest]; other != "" {
				t.Errorf("%s %s and %s have one digest", r.Name, f.Name, other)
			}
			seen[digest] = r.Name + " " + f.Name
		}
	}
	// White space and the order of fields are the writer's; the digest is not.
	var loose map[string]any
	doc, _ := config1(t).Canonical()
	if err := json.Unmarshal(doc, &loose); err != nil {
		t.Fatal(err)
	}
	shuffled, _ := json.MarshalIndent(loose, " ", "\t")
	back, err := recipe.Parse(shuffled)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := back.Digest()
	b, _ := config1(t).Digest()
	if a != b {
		t.Error("digest depends on white space or order")
	}
}

func TestValidateSaysWhatIsWrongAndWhatIsRight(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		change func(*recipe.Recipe)
		want   []string
	}{
		{func(r *recipe.Recipe) { r.Format = "quantscope-recipe/2" }, []string{"quantscope-recipe/2", recipe.Format}},
		{func(r *recipe.Recipe) { r.Backend = "caffe" }, []string{"backend", "caffe", "academic or tensorrt"}},
		{func(r *recipe.Recipe) { r.Rule = "" }, []string{"rule", "pytorch or onnx"}},
		{func(r *recipe.Recipe) { r.Weight.Observer = "isotone" }, []string{"weight.observer", "isotone", "minmax"}},
		{func(r *recipe.Recipe) { r.Activation.FakeQuant = "apot" }, []string{"activation.fakeQuant", "apot", "learnable"}},
		{func(r *recipe.Recipe) { r.Activation.EMARatio = 1 }, []string{"activation.emaRatio", "0.9"}},
		{func(r *recipe.Recipe) { r.Activation.EMARatio = nan }, []string{"activation.emaRatio"}},
		{func(r *recipe.Recipe) { r.Weight.EMARatio = 0.9 }, []string{"weight.emaRatio", "set it to 0"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 17 }, []string{"weight.scheme.bits", "17", "16 is nearest"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 32 }, []string{"32", "16 is nearest"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 1 }, []string{"2 is nearest"}},
		{func(r *recipe.Recipe) { r.Activation.Scheme.Narrow = true }, []string{"narrow", "symmetric"}},
		{func(r *recipe.Recipe) {
			r.Activation.FakeQuant, r.Activation.Scheme.PerChannel = "pact", true
		}, []string{"activation.scheme.perChannel", "pact"}},
		{func(r *recipe.Recipe) { r.Preprocess.Channels = "RGB" }, []string{"channels", "rgb or bgr or gray"}},
		{func(r *recipe.Recipe) { r.Preprocess.Channels = "gray" }, []string{"mean has 3", "takes 1"}},
		{func(r *recipe.Recipe) { r.Preprocess.Layout = "chw" }, []string{"layout"}},
		{func(r *recipe.Recipe) { r.Preprocess.Scale = nan }, []string{"scale"}},
		{func(r *recipe.Recipe) { r.Preprocess.Std = []float32{1, 0, 1} }, []string{"std", "channel 1"}},
		{func(r *recipe.Recipe) { r.Preprocess.Mean = []float32{1, nan, 1} }, []string{"mean", "channel 1"}},
		{func(r *recipe.Recipe) { r.Preprocess.Width = 1 << 20 }, []string{"width", "8192"}},
		{func(r *recipe.Recipe) { r.Preprocess.Resize = -1 }, []string{"resize"}},
		{func(r *recipe.Recipe) { r.Data.Calibration = 0 }, []string{"calibration", "64"}},
		{func(r *recipe.Recipe) { r.Data.Batch = 0 }, []string{"batch", "16"}},
		{func(r *recipe.Recipe) { r.Data.Evaluation = -1 }, []string{"evaluation"}},
		{func(r *recipe.Recipe) { r.Data.ClassOffset = -1 }, []string{"classOffset"}},
	} {
		r := config1(t)
		c.change(&r)
		err := r.Validate()
		if err == nil {
			t.Errorf("accepted: want %q", c.want)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q does not say %q", err, w)
			}
		}
		if _, err := r.Digest(); err == nil {
			t.Errorf("an invalid recipe has a digest: %v", c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good, _ := config1(t).Canonical()
	for name, doc := range map[string]string{
		"empty":         "",
		"not JSON":      "config1",
		"unknown field": strings.Replace(string(good), `"rule"`, `"colour":1,"rule"`, 1),
		"two documents": string(good) + string(good),
		"wrong type":    strings.Replace(string(good), `"bits":8`, `"bits":"8"`, 1),
		"invalid":       strings.Replace(string(good), `"bits":8`, `"bits":80`, 1),
		"too long":      string(good) + strings.Repeat(" ", 1<<20),
	} {
		if _, err := recipe.Parse([]byte(doc)); err == nil || !strings.HasPrefix(err.Error(), "recipe: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := recipe.Parse([]byte(`{"format":"quantscope-receipt/2","activations":[]}`)); err == nil || !strings.Contains(err.Error(), "this is a receipt") {
		t.Errorf("a receipt: %v", err)
	}
}

func TestConfigsAreTheSeeds(t *testing.T) {
	one, two := config1(t), recipe.Presets()[1]
	asymmetric := scheme.QScheme{Bits: 8}
	if one.Weight.Scheme != (scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}) || one.Activation.Scheme != asymmetric {
		t.Errorf("config1: %+v", one)
	}
	if two.Name != "config2" || two.Weight.Scheme != asymmetric || two.Activation.Scheme != asymmetric ||
		two.Weight.FakeQuant != "learnable" || two.Activation.FakeQuant != "learnable" {
		t.Errorf("config2: %+v", two)
	}
	depthwise, err := recipe.Preset("config1-depthwise")
	if err != nil || depthwise.Weight.Scheme != (scheme.QScheme{Bits: 8, Symmetric: true}) || len(depthwise.Overrides) != 1 ||
		depthwise.Overrides[0].Op != recipe.DepthwiseConv || *depthwise.Overrides[0].Weight != one.Weight || depthwise.Activation != one.Activation {
		t.Errorf("config1-depthwise: %+v, %v", depthwise, err)
	}
	if _, err := depthwise.Digest(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"config2-depthwise": "config2 is nearest", "config9-depthwise": "there are config1"} {
		if _, err := recipe.Preset(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a backend's chip cannot compute with is told with the nearest that it can; what is within it passes
// without a word. Only a backend with codes of its own refuses others.
func TestBackendsTellWhatTheyCannot(t *testing.T) {
	for _, c := range []struct {
		backend string
		change  func(*recipe.Recipe)
		want    string // in the note or the error, "" for none
	}{
		{"tensorrt", func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 3 }, "weight.scheme.bits is 3, but backend tensorrt computes with 8 bits: 8 is nearest"},
		{"tensorrt", func(r *recipe.Recipe) { r.Activation.Scheme.Bits = 16 }, "activation.scheme.bits is 16, but backend tensorrt computes with 8 bits"},
		{"tensorrt", func(r *recipe.Recipe) { r.Activation.Scheme = scheme.QScheme{Bits: 8} }, "activation.scheme.symmetric is false, but backend tensorrt has no zero point"},
		{"tensorrt", func(r *recipe.Recipe) { r.Weight.Scheme.PerChannel, r.Weight.Scheme.PoT = false, true }, ""},
		{"tensorrt", func(r *recipe.Recipe) { r.Weight.Scheme.Narrow = false }, ""},
		{"snpe", func(r *recipe.Recipe) { r.Weight.Scheme.PerChannel = true }, "weight.scheme.perChannel is true, but backend snpe has one scale for a tensor"},
		{"snpe", func(r *recipe.Recipe) { r.Weight.Scheme.Symmetric = true }, "unsigned codes"},
		{"pplw8a16", func(r *recipe.Recipe) { r.Activation.Scheme.Bits = 8 }, "16 is nearest"},
		{"openvino", func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 8 }, "7 is nearest"},
		{"openvino", func(r *recipe.Recipe) { r.Weight.Scheme.Narrow = true }, ""},
		{"nnie", func(r *recipe.Recipe) { r.Weight.FakeQuant = "fixed" }, "those of \"nnie\" and no others"},
		{"vitis", func(r *recipe.Recipe) {
			r.Weight.FakeQuant, r.Weight.Observer, r.Weight.Scheme.PoT = "fixed", "minmax", false
		}, "scales by shifting"},
		{"vitis", func(r *recipe.Recipe) { r.Weight.FakeQuant, r.Weight.Observer = "fixed", "minmax" }, ""},
		{"snpe", func(r *recipe.Recipe) { r.Weight.FakeQuant, r.Weight.Scheme.Symmetric = "e4m3", true }, "not those backend snpe computes with"},
		{"bm1688", func(r *recipe.Recipe) { r.Weight.FakeQuant, r.Weight.Scheme.Bits = "learnable", 4 }, ""},
		{"bm1684x", func(r *recipe.Recipe) { r.Weight.FakeQuant, r.Weight.Scheme.Bits = "learnable", 4 }, "8 is nearest"},
		{"qdq", func(r *recipe.Recipe) { r.Weight.Scheme.Bits, r.Activation.Scheme = 4, scheme.QScheme{Bits: 16} }, ""},
		{"academic", func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 2 }, ""},
		{"academic", func(r *recipe.Recipe) { r.Activation.Scheme.PerChannel = true }, "activation.scheme.perChannel is true, but integer engines have one scale for an activation"},
		{"weight_only", func(r *recipe.Recipe) { r.Weight.Scheme.Block = 64 }, ""},
		{"qdq", func(r *recipe.Recipe) { r.Weight.Scheme.Block = 64 }, "weight.scheme.block is 64, but integer engines have one scale for a channel"},
		{"tensorrt", func(r *recipe.Recipe) {
			own := r.Activation
			own.Scheme.PerChannel = true
			r.Overrides = []recipe.Override{{Op: "Conv", Activation: &own}}
		}, "overrides[0].activation.scheme.perChannel is true"},
	} {
		r, err := recipe.Preset(c.backend)
		if err != nil {
			t.Fatal(err)
		}
		c.change(&r)
		said := strings.Join(r.Notes(), " ")
		if err := r.Validate(); (err != nil) != (c.backend == "nnie") {
			t.Errorf("%s: %v", c.backend, err)
		} else if err != nil {
			said = err.Error()
		}
		if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %q; want %q", c.backend, said, c.want)
		}
	}
}

// What has another effect than its name promises is told, for single layers too.
func TestNotes(t *testing.T) {
	r := config1(t)
	if notes := r.Notes(); len(notes) > 0 {
		t.Errorf("config1: %q", notes)
	}
	r.Weight.FakeQuant, r.Activation.FakeQuant = "adaround", "qdrop"
	dorefa := r.Weight
	dorefa.FakeQuant = "dorefa"
	r.Overrides = []recipe.Override{{Op: "Conv", Weight: &dorefa}}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	notes := r.Notes()
	for i, want := range []string{"weight.fakeQuant is \"adaround\"", "activation.fakeQuant is \"qdrop\"", "overrides[0].weight.fakeQuant is \"dorefa\""} {
		if i >= len(notes) || !strings.HasPrefix(notes[i], want) {
			t.Errorf("%q, want %q", notes, want)
		}
	}
	for method, want := range map[string]int{recipe.AdaRound: 2, recipe.BRECQ: 2, recipe.QDrop: 1, recipe.GPTQ: 3} { // what learns roundings needs no note
		r.Refine.Rounding.Method = method
		if notes := r.Notes(); len(notes) != want {
			t.Errorf("%s: %q", method, notes)
		}
	}
}

// A backend is found by MQBench's name, and by that of a chip.
func TestNamesOfBackends(t *testing.T) {
	for name, want := range map[string]string{
		"Academic": "academic", "Tensorrt": "tensorrt", "SNPE": "snpe", "PPLW8A16": "pplw8a16", "PPLCUDA": "pplcuda", "STPU": "stpu",
		"Tengine_u8": "tengine_u8", "ONNX_QNN": "onnx_qnn", "OPENVINO": "openvino", "OPENVINO_academic": "openvino_academic", "NNIE": "nnie", "Vitis": "vitis", "BM1688": "bm1688", "Tensorrt_NLP": "tensorrt_nlp",
		"Academic_NLP": "academic_nlp", "BM1684X": "bm1684x", "CV181X": "cv18xx", "MARS3": "mars3", "Config2": "config2",
	} {
		r, err := recipe.Preset(name)
		if err != nil || r.Name != want {
			t.Errorf("%s: %q, %v", name, r.Name, err)
		}
	}
}

// A recipe may use the names that MQBench has for its parts.
func TestParseTakesMQBenchsNames(t *testing.T) {
	r, err := recipe.Preset("openvino")
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	doc := string(canonical)
	theirs := strings.NewReplacer(`"backend":"openvino"`, `"backend":"OPENVINO"`, `"learnable"`, `"LearnableFakeQuantize"`,
		`"minmax"`, `"MinMaxObserver"`, `"ema_minmax"`, `"EMAMinMaxObserver"`).Replace(doc)
	back, err := recipe.Parse([]byte(theirs))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := back.Canonical(); err != nil || string(again) != doc {
		t.Errorf("%v\ngot  %s\nwant %s", err, again, doc)
	}
	for _, k := range observer.Kinds() {
		if k.MQBench == "" {
			continue
		}
		r := config1(t)
		r.Overrides = []recipe.Override{{Op: "Conv", Weight: &recipe.Quantizer{FakeQuant: "FixedFakeQuantize", Observer: k.MQBench, Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PoT: k.PoT}}}}
		if k.Average {
			r.Overrides[0].Weight.EMARatio = 0.9
		}
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := recipe.Parse(raw); err != nil || back.Overrides[0].Weight.Observer != k.Name || back.Overrides[0].Weight.FakeQuant != "fixed" {
			t.Errorf("%s: %v", k.MQBench, err)
		}
	}
}
