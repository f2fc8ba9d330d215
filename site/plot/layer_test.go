package plot

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

func TestHistogramPutsFloatAndCodesOnOneAxis(t *testing.T) {
	p := scheme.QParams{Scale: []float32{0.5}, ZeroPoint: []int32{1}, QMin: 0, QMax: 3, Axis: -1}
	// Eight bins of half a step from −0.5 to 3.5; every step holds 4 elements, the last 8.
	w := inspect.Weight{Elements: 20, Low: -0.5, High: 3.5, Float: []int{2, 2, 2, 2, 2, 2, 4, 4}, Codes: []int{4, 4, 4, 8}, Used: 4}
	h := NewHistogram(w, p, 80, 10, false)
	if h.Most != 8 || h.Zero != 30 || len(h.Clipped) != 0 {
		t.Errorf("%+v", h)
	}
	if !strings.HasPrefix(h.Outline, "M0.0 10.0L0.0 5.0L10.0 5.0") || !strings.HasSuffix(h.Outline, "L80.0 0.0L80.0 10.0") {
		t.Errorf("outline %s", h.Outline)
	}
	// A code's bar is as high as the outline over its step, and stands apart from the next.
	if !strings.HasPrefix(h.Bars, "M2.8 10.0L2.8 5.0L17.2 5.0L17.2 10.0Z") || strings.Count(h.Bars, "Z") != 4 {
		t.Errorf("bars %s", h.Bars)
	}
	if strings.Count(h.Grid, "M") != 4 || !strings.Contains(h.Grid, "M30.0 0.0L30.0 10.0") {
		t.Errorf("grid %s", h.Grid)
	}
	if len(h.Ticks) != 3 || h.Ticks[0] != (Tick{10, "0", "−0.5"}) || h.Ticks[1] != (Tick{30, "1", "0"}) || h.Ticks[2] != (Tick{70, "3", "1"}) {
		t.Errorf("ticks %+v", h.Ticks)
	}
	if log := NewHistogram(w, p, 80, 10, true); !strings.Contains(log.Outline, "L0.0 2.7") {
		t.Errorf("logarithmic outline %s", log.Outline)
	}
}

func TestHistogramMarksWhatIsClipped(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1, 2}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127, Axis: 0}
	w := inspect.Weight{Elements: 3, Low: -129.5, High: 255, Float: []int{1, 2}, Codes: make([]int, 256), Used: 2, Clipped: 1, MSE: 1e-5}
	h := NewHistogram(w, p, 384.5, 10, false)
	if len(h.Clipped) != 2 || h.Clipped[0].From != 0 || h.Clipped[0].Width != 1 || h.Clipped[1] != (Span{257, 127.5}) {
		t.Errorf("clipped %+v", h.Clipped)
	}
	if h.Grid != "" {
		t.Error("a grid of lines a unit apart")
	}
	if h.Ticks[0].Value != "" {
		t.Errorf("channels with scales of their own have the value %s", h.Ticks[0].Value)
	}
	if got, want := phrase.Weight(w, p), "3 weights use 2 of 256 codes, 33.3\u202f% clipped; mean squared error 1.0·10⁻⁵."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if n := len(WeightTable(w, p).Rows); n != 256 {
		t.Errorf("%d rows", n)
	}
	if NewHistogram(inspect.Weight{}, p, 80, 10, false).Outline != "" {
		t.Error("a weight without elements is drawn")
	}
}

func TestRangesOneBarForEachChannel(t *testing.T) {
	channels := []inspect.Channel{{Min: -1, Max: 1, Low: -2, High: 2, Used: 9}, {Min: 0, Max: 0.5, Low: -2, High: 2, Used: 3}}
	r := NewRanges(channels, 20, 40)
	if r.Low != -2 || r.High != 2 || r.Zero != 20 || r.Bars != "M5.0 30.0L5.0 10.0M15.0 20.0L15.0 15.0" || !strings.HasPrefix(r.Within, "M0.0 40.0L0.0 0.0L10.0 0.0L10.0 40.0Z") {
		t.Errorf("%+v", r)
	}
	if got, want := phrase.Channels(channels), "2 channels; channel 0 is the widest, up to 1, 2× the narrowest, channel 1; channel 1 uses the fewest codes, 3."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	many := make([]inspect.Channel, 1000)
	many[501] = inspect.Channel{Min: -4, Max: 4, Low: -4, High: 4}
	if r := NewRanges(many, 100, 8); strings.Count(r.Bars, "M") != 100 || !strings.Contains(r.Bars, "M50.5 8.0L50.5 0.0") {
		t.Errorf("the one channel that stands out is lost: %s", r.Bars)
	}
}

func TestBoxShowsWhatIsOutside(t *testing.T) {
	a := inspect.Activation{Items: 8, Elements: 1000, Min: 0, Few: 0, Median: 2, Most: 9, Max: 20, Above: 4, Low: 0, High: 10}
	b := NewBox(a, 100)
	if b.Median != 10 || b.High != 50 || b.Zero != 0 || len(b.Over) != 1 || b.Over[0] != (Span{50, 50}) {
		t.Errorf("%+v", b)
	}
	if got, want := phrase.Activation(a), "Calibrated range 0 … 10; on 8 evaluation items values go from 0 to 20, 0.40\u202f% outside."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b := NewBox(inspect.Activation{}, 100); b.Max-b.Max != 0 {
		t.Errorf("no values: %+v", b)
	}
}

func TestTableAsCSV(t *testing.T) {
	table := Table{Head: []string{"a", "b,c"}, Rows: [][]string{{"−1", `say "x"`}}}
	if got, want := table.CSV(), "a,\"b,c\"\r\n-1,\"say \"\"x\"\"\"\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLayerTable(t *testing.T) {
	table := LayerTable([]report.Layer{{Name: "a,b", Index: 3, Op: "Conv", Shape: []int{1, 8}, SQNR: 31.5, WeightBits: 4, Bytes: 9}})
	if got, want := table.CSV(), "layer,place,module,output,weight bits,SQNR dB,integer SQNR dB,weight SQNR dB,cosine,parameters,float bytes,bytes\r\n\"a,b\",3,Conv,1×8,4,31.5,0,0,0,0,0,9\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
