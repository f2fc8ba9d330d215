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
		want.Overrides = []recipe.Override{{Name: "layer1.conv1", Float: true}, {Op: "Sigmoid", Inputs: true}}
		if !reflect.DeepEqual(r, want) {
			got, _ := json.Marshal(r)
			expected, _ := json.Marshal(want)
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, expected)
		}
		said := strings.Join(notes, "\n")
		for _, key := range []string{"quantize_type is \"advanced_ptq\"", "reconstruction", "preserve_attr", "data.path", "data.num_workers", "model"} {
			if !strings.Contains(said, key) {
				t.Errorf("%s: no note on %s in\n%s", name, key, said)
			}
		}
		if len(notes) != 6 {
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
	for _, doc := range []string{asYAML, asPython, asJSON, "quant: {chip: BM1690}", "{'a': r'x', \"b\": '''y''', 'c': (1,), 'd': {1, 2}, 'e': -1e-3}"} {
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
