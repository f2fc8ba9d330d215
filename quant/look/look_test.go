package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// sample is a job on the sample that ships with the page.
func sample(t *testing.T) quant.Job {
	t.Helper()
	j := sampletest.Job(t)
	j.Recipe.Data.Calibration, j.Recipe.Data.Batch, j.Workers = 4, 4, 2
	return j
}

func calibrated(t *testing.T, j quant.Job) *calibrate.Calibrated {
	t.Helper()
	c, err := quant.Calibrate(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// twinned is a network of so many operators without a kernel.
func twinned(t *testing.T, n int) *graph.Graph {
	b := graph.NewBuilder("twins")
	x := b.Input("x", graph.Float32, 1, 2, 2)
	var ys []graph.ValueID
	for range n {
		ys = append(ys, b.Node("d", graph.Det{}, x))
	}
	g, err := b.Done(ys...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestNetworkAndData(t *testing.T) {
	j := sample(t)
	n := Network(j.Model)
	if n.Name != "model.onnx" || n.SHA256 != j.Model.SHA256 || len(n.Inputs) != 1 || len(n.Nodes) != len(j.Model.Graph.Nodes) || n.Inputs[0].Type == "" {
		t.Errorf("%+v", n)
	}
	params, ops := int64(0), 0
	for _, node := range n.Nodes {
		params += node.Params
	}
	for i, o := range n.Ops {
		ops += o.Count
		if i > 0 && o.Count > n.Ops[i-1].Count {
			t.Errorf("operators are not in order: %v", n.Ops)
		}
	}
	if params != n.Params || params == 0 || ops != len(n.Nodes) {
		t.Errorf("%d parameters of %d, %d operators of %d nodes", params, n.Params, ops, len(n.Nodes))
	}
	if len(n.Notes) != 0 || onTwins(twinned(t, 1)) != "On scalar twins, which take longer, run 1 node without a kernel: d." {
		t.Error(n.Notes, onTwins(twinned(t, 1)))
	}
	if want := "run 6 nodes without a kernel: d, d_2, d_3, d_4 and 2 more."; !strings.HasSuffix(onTwins(twinned(t, 6)), want) {
		t.Error(onTwins(twinned(t, 6)))
	}
	d := Data(j.Data)
	if d.Items != j.Data.Len() || d.Labelled != d.Items || d.Distinct != len(d.Classes) || d.Distinct == 0 {
		t.Errorf("%+v", d)
	}
	labelled := 0
	for _, c := range d.Classes {
		labelled += c.Count
	}
	if labelled != d.Labelled {
		t.Errorf("the classes have %d items, %d are labelled", labelled, d.Labelled)
	}
}

func TestPreview(t *testing.T) {
	j := sample(t)
	v, err := NewViewer(t.Context(), j.Model, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	p, err := v.Preview(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Inputs) != previewed || len(p.Pictures) != previewed {
		t.Fatalf("%d inputs, %d pictures", len(p.Inputs), len(p.Pictures))
	}
	if first, last := p.Inputs[0].Name, p.Inputs[2].Name; first != j.Data.Name(0) || last != j.Data.Name(j.Data.Len()-1) {
		t.Errorf("shows %s to %s", first, last)
	}
	right := 0
	for i, in := range p.Inputs {
		if in.Label < 0 || len(in.Answers) != firstAnswers || !strings.HasPrefix(string(p.Pictures[i]), "BM") {
			t.Errorf("%+v", in)
		}
		if in.Answers[0].Class == in.Label {
			right++
		}
	}
	if right < 2 {
		t.Errorf("the sample's network is right on %d of %d", right, previewed)
	}
	// Another recipe on the same Viewer.
	j.Recipe.Preprocess.Mean = []float32{9, 9, 9}
	other, err := v.Preview(context.Background(), j)
	if err != nil || other.Inputs[0].Min == p.Inputs[0].Min {
		t.Errorf("another mean: %v, %v", other.Inputs[0].Min, err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := v.Preview(ended, j); !errors.Is(err, context.Canceled) {
		t.Errorf("a preview that nobody waits for gives %v", err)
	}
}

// TestLayer looks into every layer: the weight comes first, the input after, and they agree with the
// quantizers that are listed for it.
func TestLayer(t *testing.T) {
	j := sample(t)
	c := calibrated(t, j)
	all, placed := Quantizers(c)
	if len(all) != len(c.Quantizers) || len(placed) != len(c.Modules) {
		t.Fatalf("%d quantizers, %d layers", len(all), len(placed))
	}
	for i, at := range placed {
		if at.Weight < 0 || at.Input < 0 || !all[at.Weight].Weight || all[at.Input].Weight || all[at.Weight].Layer != c.Modules[i].Name {
			t.Fatalf("layer %d: %+v", i, at)
		}
		s := Subject{Prepared: &c.Prepared, Float: c.Float, Layer: i, Weight: &all[at.Weight].Params, Input: &all[at.Input].Params}
		var got []inspect.Layer
		var ends []bool
		err := Layer(context.Background(), j, s, func(l inspect.Layer, done bool) { got, ends = append(got, l), append(ends, done) })
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ends, []bool{false, true}) || got[0].Input != nil || got[1].Input == nil {
			t.Fatalf("layer %d: %d answers, %v", i, len(got), ends)
		}
		l := got[1]
		if w := l.Weight; w == nil || w.Elements == 0 || w.Used < 2 || !(w.SQNR > 10) || l.Tensor == "" {
			t.Errorf("layer %d: %+v", i, w)
		}
		if a := l.Input; a.Items != layerItems || a.Min > a.Median || a.Median > a.Max || !(a.High > a.Low) {
			t.Errorf("layer %d: %+v", i, a)
		}
	}
}

func TestLayerRefusesWhatDoesNotFit(t *testing.T) {
	j := sample(t)
	c := calibrated(t, j)
	ok := Subject{Prepared: &c.Prepared, Float: c.Float}
	for name, s := range map[string]Subject{
		"no layer 99":   {Prepared: ok.Prepared, Float: ok.Float, Layer: 99},
		"no layer -1":   {Prepared: ok.Prepared, Float: ok.Float, Layer: -1},
		"along axis 9":  {Prepared: ok.Prepared, Float: ok.Float, Weight: &scheme.QParams{Axis: 9}},
		"1 scales":      {Prepared: ok.Prepared, Float: ok.Float, Weight: &scheme.QParams{Axis: 0, Scale: []float32{1}, ZeroPoint: []int32{0}, QMax: 1}},
		"0 scales":      {Prepared: ok.Prepared, Float: ok.Float, Input: &scheme.QParams{Axis: -1, QMax: 1}},
		"codes 0 to 70": {Prepared: ok.Prepared, Float: ok.Float, Input: &scheme.QParams{Axis: -1, Scale: []float32{1}, ZeroPoint: []int32{0}, QMax: 70000}},
		"codes -2147483648 to 2147483647": {Prepared: ok.Prepared, Float: ok.Float,
			Input: &scheme.QParams{Axis: -1, Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: math.MinInt32, QMax: math.MaxInt32}},
	} {
		err := Layer(context.Background(), j, s, func(inspect.Layer, bool) {})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestImages compares a network that answers with images: the sample that enlarges them.
func TestImages(t *testing.T) {
	j := sampletest.JobOf(t, "enlarge")
	c := calibrated(t, j)
	o, err := Outputs(t.Context(), j, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Pairs) != shownImages || len(o.Pictures) != 3*shownImages || o.Items != 44 || len(o.Cells) != 0 || o.Flips != 0 {
		t.Fatalf("%d pairs, %d pictures, %d items", len(o.Pairs), len(o.Pictures), o.Items)
	}
	for _, p := range o.Pairs {
		if p.Twins == nil || p.Twins.Width != 32 || p.Width != 16 || p.Twins.Masks || !(p.Twins.PSNR > 30) || len(p.Answers) > 0 {
			t.Errorf("%+v", p)
		}
	}
}
