package mqbench_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/mqbench"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

const asYAML = `
extra_prepare_dict:        # as the files of the examples
  extra_qconfig_dict:
    w_observer: MSEObserver
    a_observer: EMAMSEObserver
    w_fakequantize: AdaRoundFakeQuantize
    a_fakequantize: QDropFakeQuantize
    w_qscheme: &scheme {bit: 4, symmetry: True, per_channel: True, pot_scale: False, p: 2.4}
    a_qscheme: {<<: *scheme, symmetry: False, per_channel: False, ema_ratio: 0.95}
  extra_quantizer_dict:
    exclude_module_name: [layer1.conv1]
    additional_function_type: [torch.nn.functional.sigmoid]
  preserve_attr: {"": [loss]}
quantize:
  quantize_type: advanced_ptq
  cali_batchsize: 16
  reconstruction: {pattern: block, warm_up: 0.2}
model: {type: resnet18}
data: {path: /data, batch_size: 32, num_workers: 4, input_size: 96, test_resize: 110}
process: {seed: 1005}
`

// The same in Python, with variables, names and comments, and in JSON.
const asPython = `
import torch
object_scheme = dict(bit=4, symmetry=True, per_channel=True, pot_scale=False, p=2.4)  # of weights
quantize = {'quantize_type': "advanced_ptq", 'cali_batchsize': 0x10, 'reconstruction': {'pattern': 'block', 'warm_up': .2},}
data = {'path': '/data', 'batch_size': 32, 'num_workers': 4, 'input_size': 96, 'test_resize': 110}
process = {'seed': 1_005}
model = {'type': 'resnet18'}
extra_prepare_dict = {
    'extra_qconfig_dict': {
        'w_observer': mqbench.observer.MSEObserver, 'a_observer': 'EMAMSEObserver',
        'w_fakequantize': AdaRoundFakeQuantize, 'a_fakequantize': 'QDrop' 'FakeQuantize',
        'w_qscheme': object_scheme,
        'a_qscheme': {'bit': 4, 'symmetry': False, 'per_channel': False, 'pot_scale': False, 'p': 2.4, 'ema_ratio': 95e-2},
    },
    'extra_quantizer_dict': {
        'exclude_module_name': ['layer1.conv1'],
        'additional_function_type': [torch.nn.functional.sigmoid],
    },
    'preserve_attr': {"": ["loss"]},
}
`

const asJSON = `{"extra_prepare_dict": {"extra_qconfig_dict": {
	"w_observer": "MSEObserver", "a_observer": "EMAMSEObserver", "w_fakequantize": "AdaRoundFakeQuantize", "a_fakequantize": "QDropFakeQuantize",
	"w_qscheme": {"bit": 4, "symmetry": true, "per_channel": true, "pot_scale": false, "p": 2.4},
	"a_qscheme": {"bit": 4, "symmetry": false, "per_channel": false, "pot_scale": false, "p": 2.4, "ema_ratio": 0.95}},
	"extra_quantizer_dict": {"exclude_module_name": ["layer1.conv1"], "additional_function_type": ["torch.nn.functional.sigmoid"]},
	"preserve_attr": {"": ["loss"]}},
	"quantize": {"quantize_type": "advanced_ptq", "cali_batchsize": 16, "reconstruction": {"pattern": "block", "warm_up": 0.2}},
	"model": {"type": "resnet18"}, "data": {"path": "\/data", "batch_size": 32, "num_workers": 4, "input_size": 96, "test_resize": 110},
	"process": {"seed": 1005}}`

// One configuration in its three languages is one recipe, and what has no meaning is named in each.
func TestThreeLanguages(t *testing.T) {
	for name, doc := range map[string]string{"YAML": asYAML, "Python": asPython, "JSON": asJSON} {
		r, notes, err := mqbench.Read([]byte(doc), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := recipe.Preset("academic")
		if err != nil {
			t.Fatal(err)
		}
		want.Weight = recipe.Quantizer{FakeQuant: "adaround", Observer: "mse", Scheme: scheme.QScheme{Bits: 4, Symmetric: true, PerChannel: true}}
		want.Weight.ObserverOptions.Power = 2.4
		want.Activation = recipe.Quantizer{FakeQuant: "qdrop", Observer: "ema_mse", EMARatio: 0.95, Scheme: scheme.QScheme{Bits: 4}}
		want.Activation.ObserverOptions.Power = 2.4
		want.Data.Calibration, want.Data.Batch, want.Data.Seed = 512, 32, 1005
		want.Preprocess.Resize, want.Preprocess.Width, want.Preprocess.Height = 110, 96, 96
		want.Refine.Rounding.Method = recipe.BRECQ
		want.Overrides = []recipe.Override{{Name: "layer1.conv1", Float: true}, {Op: "Sigmoid", Inputs: true}}
		if !reflect.DeepEqual(r, want) {
			got, _ := json.Marshal(r)
			expected, _ := json.Marshal(want)
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, expected)
		}
		said := strings.Join(notes, "\n")
		for _, key := range []string{"preserve_attr", "data.path", "data.num_workers", "model"} {
			if !strings.Contains(said, key) {
				t.Errorf("%s: no note on %s in\n%s", name, key, said)
			}
		}
		if len(notes) != 4 {
			t.Errorf("%s: %d notes:\n%s", name, len(notes), said)
		}
	}
}

// Other shapes of configurations, and what of them ends where.
func TestConfigurations(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		base      string
		check     func(r recipe.Recipe) bool
		notes     []string // in this order, beginnings or parts
	}{
		{"one dictionary over a backend's preset", `{'w_qscheme': {'bit': 4, 'symmetry': False}, 'a_observer': 'ClipStdObserver', 'a_observer_extra_args': {'std_scale': 3, 'p': 2}}`, "snpe",
			func(r recipe.Recipe) bool {
				return r.Backend == "snpe" && r.Weight.Scheme == (scheme.QScheme{Bits: 4}) && r.Activation.Observer == "clip_std" && r.Activation.ObserverOptions.Deviations == 3 && r.Activation.EMARatio == 0
			}, []string{"a_observer_extra_args.p"}},
		{"schemes for both sides are Academic's", "w_qscheme: {bit: 8}\na_qscheme: {bit: 8, symmetry: false, pot_scale: true}\n", "",
			func(r recipe.Recipe) bool {
				return r.Backend == "academic" && r.Weight.Scheme == (scheme.QScheme{Bits: 8, Symmetric: true}) && r.Activation.Scheme == (scheme.QScheme{Bits: 8, PoT: true})
			}, []string{"No backend is named"}},
		{"LSQ", "arch: x\nlr: 0.1\nquantization:\n  enabled: True\n  type: Academic\n  qparams:\n    w_observer: LSQObserver\n    w_fakequantize: LearnableFakeQuantize\n    w_qscheme: {bit: 4}\n    a_observer: LSQObserver\n    a_fakequantize: LearnableFakeQuantize\n    a_qscheme: {bit: 4, symmetry: False}\n", "",
			func(r recipe.Recipe) bool { return r.Weight.Observer == "lsq" && r.Weight.FakeQuant == "learnable" }, []string{"arch", "lr"}},
		{"the fork's dictionaries", `prepare_custom_config_dict = {
			'quant_dict': {'chip': 'BM1690', 'quantmode': 'weight_activation', 'strategy': 'CNN'},
			'extra_qconfig_dict': {'w_fakequantize': 'E4M3FakeQuantize', 'w_qscheme': {'bit': 8},
				'object_type': {qnniqat.ConvBnReLU2d_sophgo: {'mode': 'activation', 'bit': '8', 'afakequantize': 'LearnableFakeQuantize', 'aobserver': 'MinMaxObserver'}, torch.nn.Foo: {'mode': 'weight'}},
				'module_name': {'layer1.conv1': {'mode': 'weight', 'bit': '4', 'wfakequantize': 'FixedFakeQuantize', 'wobserver': 'MinMaxObserver'}}},
			'extra_quantizer_dict': {'module_only_enable_observer': ['x'], 'exclude_function_type': [torch.nn.functional.sigmoid, torch.fft.fft], 'exclude_node_name': ['add_1', 'layer1_0_conv1']}}`, "",
			func(r recipe.Recipe) bool {
				return r.Backend == "bm1690" && r.Weight.FakeQuant == "e4m3" && len(r.Overrides) == 5 &&
					r.Overrides[0] == (recipe.Override{Op: "Sigmoid", Float: true}) == false && r.Overrides[3].Op == "ConvBnReLU2d" && r.Overrides[3].Activation.Observer == "minmax" &&
					r.Overrides[4].Name == "layer1.conv1" && r.Overrides[4].Weight.Scheme.Bits == 4
			}, []string{"torch.fft.fft", "module_only_enable_observer", "torch.nn.Foo"}},
		{"the fork's groups", "prepare_custom_config_dict = {'quant_dict': {'chip': 'Academic', 'quantmode': 'weight_only', 'strategy': 'Transformer'}, 'extra_qconfig_dict': {'w_fakequantize': 'FP4GROUPFakeQuantize1', 'w_qscheme': {'bit': 4, 'symmetry': True}}}", "",
			func(r recipe.Recipe) bool {
				return r.Backend == "weight_only" && r.Weight.FakeQuant == "fp4" && r.Weight.Scheme == scheme.QScheme{Bits: 4, Symmetric: true, PerChannel: true, Block: 64}
			}, []string{"scales of blocks stay float32", "strategy is Transformer"}},
		{"the fork's mixed precision", "prepare_custom_config_dict = {'quant_dict': {'chip': 'BM1690', 'quantmode': 'weight_activation', 'strategy': 'CNN', 'bf16_mix_prec': True}}", "",
			func(r recipe.Recipe) bool { return r.Backend == "bm1690" && r.BF16Mix }, nil},
		{"the fork's weights only", "prepare_custom_config_dict = {'quant_dict': {'chip': 'BM1690', 'quantmode': 'weight_only'}, 'extra_qconfig_dict': {'w_fakequantize': 'FP4FakeQuantize', 'w_qscheme': {'bit': 4, 'symmetry': True}}}", "",
			func(r recipe.Recipe) bool { return r.Backend == "weight_only" && r.Weight.FakeQuant == "fp4" }, nil},
		{"the fork's examples", "quant:\n  a_qconfig: {quantizer: FixedFakeQuantize, observer: EMAQuantileObserver, bit: 8, symmetric: False, per_channel: False}\n  w_qconfig: {quantizer: FixedFakeQuantize, observer: MinMaxObserver, bit: 8, symmetric: True, ch_axis: 0}\n  calibrate: 64\n  chip: BM1684X\n  scaling_method: no_scaling\ntrain: {seed: 42}\n", "",
			func(r recipe.Recipe) bool {
				return r.Backend == "bm1684x" && r.Activation.Observer == "ema_quantile" && r.Weight.Scheme.PerChannel && r.Data.Calibration == 64 && !r.Activation.Scheme.Symmetric
			}, []string{"quant.scaling_method", "train"}},
		{"EOD", "quant:\n  deploy_backend: tensorrt\n  cali_batch_size: 3\n  prepare_args:\n    extra_qconfig_dict: {w_observer: MinMaxObserver}\n    leaf_module: [Space2Depth]\n    extra_quantizer_dict: {additional_module_type: [ConvFreezebn2d, Blob]}\n", "",
			func(r recipe.Recipe) bool {
				return r.Backend == "tensorrt" && r.Data.Calibration == 48 && r.Overrides[0] == (recipe.Override{Op: "ConvFreezebn2d", Inputs: true})
			}, []string{"Blob", "leaf_module"}},
		{"OpenVINO's academic mode", "quantize: {backend: OPENVINO}\nextra_quantizer_dict: {academic_mode: True}\nextra_fuse_dict: {additional_fusion_pattern: {a: b}, additional_qat_module_mapping: {}}\n", "",
			func(r recipe.Recipe) bool { return r.Backend == "openvino_academic" && r.Weight.Scheme.Narrow }, []string{"extra_fuse_dict.additional_fusion_pattern", "extra_fuse_dict.additional_qat_module_mapping"}},
		{"NNIE has codes of its own", "quantize: {backend: NNIE}\nw_fakequantize: FixedFakeQuantize\nw_qscheme: {bit: 4}\n", "",
			func(r recipe.Recipe) bool { return r.Weight.FakeQuant == "nnie" && r.Weight.Scheme.Bits == 8 }, []string{"w_fakequantize, w_qscheme"}},
		{"a backend at the top", "backend: tensorrt\nw_qscheme: {bit: 4}\na_qscheme: {bit: 8}\n", "", func(r recipe.Recipe) bool { return r.Backend == "tensorrt" && r.Weight.Scheme.Bits == 4 }, nil},
		{"dictionaries among what is quantized", "quantize:\n  backend: tensorrt\n  extra_qconfig_dict:\n    w_qscheme: {bit: 4, symmetry: false}\n  ptq_only: True\n  deploy: {model_name: x}\n", "",
			func(r recipe.Recipe) bool {
				return r.Backend == "tensorrt" && r.Weight.Scheme.Bits == 4 && !r.Weight.Scheme.Symmetric
			}, []string{"deploy", "ptq_only"}},
		{"dictionaries under another name", "mine: {extra_qconfig_dict: {w_observer: MSEObserver}}\nquantize: {backend: tensorrt}\n", "",
			func(r recipe.Recipe) bool { return r.Weight.Observer == "mse" }, nil},
		{"unknown entries", "quantize: {backend: Tensorrt, colour: red}\nshape: round\n", "", func(r recipe.Recipe) bool { return r.Backend == "tensorrt" }, []string{"quantize.colour", "shape"}},
	} {
		var base *recipe.Recipe
		if c.base != "" {
			p, err := recipe.Preset(c.base)
			if err != nil {
				t.Fatal(err)
			}
			base = &p
		}
		r, notes, err := mqbench.Read([]byte(c.doc), base)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !c.check(r) {
			got, _ := json.Marshal(r)
			t.Errorf("%s: %s", c.name, got)
		}
		if len(notes) != len(c.notes) || slices.ContainsFunc(c.notes, func(want string) bool { return !strings.Contains(strings.Join(notes, "\n"), want) }) {
			t.Errorf("%s: notes %q, want %q", c.name, notes, c.notes)
		}
	}
}

const prepared = `from mqbench.prepare_by_platform import (
    prepare_by_platform, BackendType)
"""How a network is
quantized."""
extra_config = {
    'extra_qconfig_dict': {'w_observer': 'MSEObserver', 'w_qscheme': {'bit': 4, 'symmetry': True, 'per_channel': True, 'pot_scale': False},
                           'a_qscheme': {'bit': 8, 'symmetry': True, 'per_channel': False, 'pot_scale': False}},
}
`

// A file of Python says for which backend it is in a variable or in the call of prepare_by_platform; what is computed
// is not run, and said.
func TestPythonFiles(t *testing.T) {
	for _, c := range []struct {
		code, backend string
		notes         []string
	}{
		{"backend = BackendType.Tensorrt\n", "tensorrt", nil},
		{"platform = mqbench.prepare_by_platform.BackendType.SNPE  # of the phone\n", "snpe", nil},
		{"backend = 'Tensorrt'\n", "tensorrt", nil},
		{"prepare_by_platform(model, BackendType.NNIE)\n", "nnie", nil},
		{"model = prepare_by_platform(model, BackendType.Tensorrt, extra_config)\n", "tensorrt", nil},
		{"backend = BackendType.Tensorrt\nmodel = resnet18(pretrained=True).eval()\nmodel = model.cuda()\nmodel = prepare_by_platform(model, backend, extra_config)\nenable_calibration(model)\n" +
			"for i, (x, y) in enumerate(loader):\n    if i > 3:\n        break  # enough\n\n    model(x)\n# next\nscale = -x\nloader = load(r'\\d', f\"}{\")\n", "tensorrt", []string{"line 13, 14;", "scale", "loader"}},
		{"mqbench.prepare_by_platform(prepare_custom_config_dict=extra_config, model=models['a'], deploy_backend=BackendType.SNPE)\n", "snpe", nil},
		{"x = f(1)\n", "academic", []string{"No backend is named", "x: not known"}},
	} {
		r, notes, err := mqbench.Read([]byte(prepared+c.code), nil)
		if err != nil {
			t.Errorf("%s%v", c.code, err)
			continue
		}
		if r.Backend != c.backend || c.backend != "nnie" && (r.Weight.Observer != "mse" || r.Weight.Scheme.Bits != 4) {
			t.Errorf("%s%s: %+v", c.code, r.Backend, r.Weight)
		}
		said := strings.Join(notes, "\n")
		for _, note := range c.notes {
			if !strings.Contains(said, note) {
				t.Errorf("%sno %q in\n%s", c.code, note, said)
			}
		}
		if c.notes == nil && c.backend != "nnie" && len(notes) > 0 {
			t.Errorf("%sbesides\n%s", c.code, said)
		}
	}
	for code, want := range map[string]string{
		"prepare_by_platform(model, backends[name], extra_config)\n": "computed",
		"prepare_by_platform(model, BackendType.Caffe)\n":            "Caffe",
		"a = f(1)\nc = {'extra_qconfig_dict': a}\n":                  "f(…) is computed",
		"c = (1,\n":   "line 10",
		"c = f((1,\n": "not closed",
	} {
		if _, _, err := mqbench.Read([]byte(prepared+code), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s%v", code, err)
		}
	}
}

// What MQBench reconstructs becomes a learned rounding of the recipe.
func TestReconstruction(t *testing.T) {
	const ready = "pattern: block, scale_lr: 4.0e-5, warm_up: 0.2, weight: 0.05, max_count: 20, b_range: [20,2], keep_gpu: True, round_mode: learned_hard_sigmoid, prob: 0.5"
	for _, c := range []struct {
		section string
		want    recipe.Rounding
		notes   []string
	}{
		{ready, recipe.Rounding{Method: recipe.QDrop, Iterations: 20, ScaleRate: 4e-5, Weight: 0.05}, []string{"keep_gpu"}},
		{"pattern: block, prob: 1.0, max_count: 20000", recipe.Rounding{Method: recipe.BRECQ, Iterations: 20000}, nil},
		{"pattern: layer, scale_lr: 4.0e-5, warm_up: 0.5", recipe.Rounding{Method: recipe.AdaRound}, []string{"scale_lr", "warm_up is 0.5"}},
		{"prob: 0.25, b_range: [10, 2], round_mode: nearest", recipe.Rounding{Method: recipe.QDrop}, []string{"prob is 0.25", "b_range", "nearest"}},
	} {
		r, notes, err := mqbench.Read([]byte("quantize: {quantize_type: advanced_ptq, backend: tensorrt, reconstruction: {"+c.section+"}}"), nil)
		if err != nil || r.Refine.Rounding != c.want {
			t.Errorf("%s: %+v %v", c.section, r.Refine.Rounding, err)
		}
		said := strings.Join(notes, "\n")
		if len(notes) != len(c.notes) || slices.ContainsFunc(c.notes, func(n string) bool { return !strings.Contains(said, n) }) {
			t.Errorf("%s: notes\n%s", c.section, said)
		}
	}
	r, notes, err := mqbench.Read([]byte("quantize: {quantize_type: naive_ptq, backend: tensorrt, reconstruction: {pattern: block}}"), nil)
	if err != nil || r.Refine.Rounding.Method != "" || len(notes) != 1 || !strings.Contains(notes[0], "--refine adaround, brecq or qdrop") {
		t.Errorf("%+v %q %v", r.Refine, notes, err)
	}
	for section, want := range map[string]string{"pattern: net": "layer or block", "max_count: -1": "iterations", "prob: half": "not a number"} {
		if _, _, err := mqbench.Read([]byte("quantize: {backend: tensorrt, reconstruction: {"+section+"}}"), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", section, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for doc, want := range map[string]string{
		"":                           "nothing in it",
		"# only a comment":           "nothing in it",
		"{'a': 1, 'a': 2}":           "stands twice",
		"a: 1\na: 2":                 "a",
		"{'a': [1, 2}":               "should be",
		"{'w_observer': f(1)}":       "is computed",
		"{'a': 'b":                   "not closed",
		"[1, 2]":                     "dictionary",
		"w_observer: MinMaxObserver": "does not say for which backend",
		"quantize: {backend: caffe}": "caffe",
		"quantize: [1]":              "not a dictionary",
		"a: 1\n---\nb: 2":            "second document",
		"quantize: {backend: snpe}\nw_observer: IsotoneObserver":     "there is no \"IsotoneObserver\"",
		"quantize: {backend: snpe}\nw_qscheme: {bit: 40}":            "40",
		"quantize: {backend: snpe}\nw_qscheme: {bit: four}":          "not a number",
		"quantize: {backend: snpe}\nw_qscheme: {per_channel: maybe}": "True or False",
		strings.Repeat("[", 1000):                                    "yaml",
		"{'a': " + strings.Repeat("[", 1000):                         "levels",
		strings.Repeat("x", 2<<20):                                   "bytes",
		"a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]": "values",
	} {
		_, _, err := mqbench.Read([]byte(doc), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v; want %q", doc, err, want)
		}
	}
}

// FuzzRead reads anything without panic or hang; what it accepts is a valid recipe.
func FuzzRead(f *testing.F) {
	for _, doc := range []string{asYAML, asPython, asJSON, prepared + "m = prepare_by_platform(f(x), B.A[1], extra_config)\nif a:\n  x = 1\n\ty", "quant: {chip: BM1690}", "{'a': r'x', \"b\": '''y''', 'c': (1,), 'd': {1, 2}, 'e': -1e-3}"} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if r, _, err := mqbench.Read(doc, nil); err == nil {
			if err := r.Validate(); err != nil {
				t.Error(err)
			}
		}
	})
}

// What a document says twice counts once, and the other is named.
func TestSaidTwice(t *testing.T) {
	for doc, want := range map[string]string{
		"{'quant': {'backend': 'tensorrt', 'chip': 'BM1684X'}}":                                                  "quant.chip is BM1684X: quant.backend, which is tensorrt, counts.",
		"{'quant': {'chip': 'BM1684X'}, 'quant_dict': {'chip': 'CV183X'}}":                                       "quant_dict.chip is CV183X: quant.chip, which is BM1684X, counts.",
		"quantize: {backend: snpe}\nquantization: {type: tensorrt}":                                              "quantization.type is tensorrt: quantize.backend, which is snpe, counts.",
		"backend = BackendType.SNPE\nquantize = {'backend': 'vitis'}":                                            "backend is SNPE: quantize.backend, which is vitis, counts.",
		"backend = 'snpe'\na_observer = 'MSEObserver'\nextra_qconfig_dict = {'a_observer': 'EMAMinMaxObserver'}": "Settings of both sides stand at several places: where they differ, those of the document itself count.",
	} {
		if _, notes, err := mqbench.Read([]byte(doc), nil); err != nil || !slices.Contains(notes, want) {
			t.Errorf("%s: %v, notes %q; want %q", doc, err, notes, want)
		}
	}
	if _, notes, err := mqbench.Read([]byte("backend = BackendType.SNPE\nquantize = {'backend': 'SNPE'}"), nil); err != nil || len(notes) != 0 {
		t.Errorf("said twice alike: %v, notes %q", err, notes)
	}
}
