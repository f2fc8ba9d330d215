// Package observer watches tensors and says what range a quantizer should cover (spec §1.3). What
// comes in are batches; what goes out are scale and zero point. No observer keeps a tensor: the state
// of one is a few numbers for each channel, of those that count values a histogram.
package observer

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Config is what an observer is told about its quantizer.
type Config struct {
	Scheme   scheme.QScheme
	Axis     int     // channel axis, -1 for one range for the tensor
	Channels int     // size of that axis; 1 for one range
	EMARatio float32 // of the observers with Average: weight of the past, read as its shortest decimal
	Role     Role
	Exact    bool // MQBench's own reading, with what spec §1.3 marks [Q]; else the sound one
	Options
}

// Options are settings that some observers have. Zero is the setting each observer says it has.
type Options struct {
	Power      float32 `json:"power,omitempty"`      // mse, ema_mse: exponent of the error
	Threshold  float32 `json:"threshold,omitempty"`  // ema_quantile, percentile: share of the values inside
	Deviations float32 `json:"deviations,omitempty"` // clip_std: standard deviations from the mean
	Bins       int     `json:"bins,omitempty"`       // ema_quantile, kld, entropy, percentile, hist_mse
}

// Role is what a tensor is to the network; the observers of power-of-two scales tell them apart.
type Role string

// The roles.
const (
	Activation Role = ""
	Weight     Role = "weight"
	Input      Role = "input" // of the network
)

// Observer collects the values of one tensor over batches. It looks at a batch item by item, first
// at the range of each; EndBatch closes the batch. Averages over batches count those.
type Observer interface {
	// ObserveRange takes minimum and maximum of values of channel c of the current batch.
	ObserveRange(c int, lo, hi float32)
	// EndBatch closes the batch. One in which nothing was observed does not count.
	EndBatch()
	// Range is the range so far, one element a channel; +Inf and -Inf before the first batch.
	Range() (lo, hi []float32)
	// Params are the scales and zero points so far; scheme.ErrRange if any value was a NaN or an
	// infinity.
	Params() (scheme.QParams, error)
}

// Values is an observer that needs the values too, and the range of their batch before. It looks at every batch twice: when all ranges of
// the batch are known it sees the values of the same items again, in the same order, and then
// EndBatch. So an error can be summed for each of many candidate ranges without a batch ever being
// held in memory.
type Values interface {
	Observer
	// Observe takes values of channel c of the current batch, whose ranges are all known.
	Observe(c int, x []float32)
}

// Sketcher is one that is helped by seeing the values at the first look too, item by item in their
// order: it needs less time for the second.
type Sketcher interface {
	Values
	Sketch(c int, x []float32)
}

// Counter is an observer that needs the values but no range before them: one look is enough.
type Counter interface {
	Observer
	Count(c int, x []float32)
}

// First is what takes the values at the first look, item by item in their order; nil where they are not needed then.
func First(o Observer) func(c int, x []float32) {
	switch o := o.(type) {
	case Counter:
		return o.Count
	case Sketcher:
		return o.Sketch
	}
	return nil
}

// Second is what takes the values when all ranges of their batch are known; nil where they are not needed then.
func Second(o Observer) func(c int, x []float32) {
	if o, ok := o.(Values); ok {
		return o.Observe
	}
	return nil
}

// Every takes at most n of the values, evenly: enough for a picture of how they spread.
func Every(x []float32, n int) []float32 {
	step := (len(x) + n - 1) / n
	if step < 2 {
		return x
	}
	var out []float32
	for i := 0; i < len(x); i += step {
		out = append(out, x[i])
	}
	return out
}

// Batch shows an observer a batch that is at hand. each goes over its values, with the channel of each piece.
func Batch(o Observer, each func(see func(c int, x []float32))) {
	each(func(c int, x []float32) {
		lo, hi := Of(x)
		o.ObserveRange(c, lo, hi)
	})
	if first := First(o); first != nil {
		each(first)
	}
	if second := Second(o); second != nil {
		each(second)
	}
	o.EndBatch()
}

// Kind is one observer of the table.
type Kind struct {
	Name      string // as a recipe writes it
	Spelled   string // as a reader sees it, if that is not Name
	MQBench   string // MQBench's, or PyTorch's, class; "" for those beyond
	About     string // one sentence
	Average   bool   // takes Config.EMARatio
	PerTensor bool   // has no scale for each channel
	Symmetric bool   // has no zero point
	PoT       bool   // its scales are powers of two whatever the scheme says
	Options   string // names of the Options it takes, as JSON has them, separated by blanks
	make      func(Config) Observer
}

// Kinds is the table of observers. A further one is one file and one line here.
func Kinds() []Kind {
	return []Kind{
		{Name: "minmax", Spelled: "min–max", MQBench: "MinMaxObserver", About: "Least and greatest value of the whole calibration.", make: newMinMax},
		{Name: "ema_minmax", Spelled: "EMA of min–max", MQBench: "EMAMinMaxObserver", About: "Moving average of the extremes of each batch.", Average: true, make: newEMAMinMax},
		{Name: "ema_quantile", Spelled: "EMA of quantiles", MQBench: "EMAQuantileObserver", About: "Moving average of a quantile of the magnitudes of each batch.", Average: true, PerTensor: true, Options: "threshold bins", make: newEMAQuantile},
		{Name: "clip_std", Spelled: "standard deviations", MQBench: "ClipStdObserver", About: "Mean and some standard deviations.", Options: "deviations", make: newClipStd},
		{Name: "lsq", Spelled: "LSQ", MQBench: "LSQObserver", About: "Where learned step sizes begin: twice the mean magnitude over the root of the highest code.", make: newLSQ},
		{Name: "lsq_plus", Spelled: "LSQ+", MQBench: "LSQPlusObserver", About: "Where LSQ+ begins: mean and three standard deviations.", make: newLSQPlus},
		{Name: "mse", Spelled: "MSE", MQBench: "MSEObserver", About: "The shrunken range with the least error.", Options: "power", make: newMSE},
		{Name: "ema_mse", Spelled: "EMA of MSE", MQBench: "EMAMSEObserver", About: "Moving average of the range with the least error in each batch.", Average: true, Options: "power", make: newEMAMSE},
		{Name: "minmax_floor", Spelled: "min–max, floor", MQBench: "MinMaxFloorObserver", About: "Vitis weights: the power of two with the least error, of the last batch.", PerTensor: true, Symmetric: true, PoT: true, make: newMinMaxFloor},
		{Name: "pot_mode", Spelled: "power-of-two mode", MQBench: "PoTModeObserver", About: "Vitis activations: the power of two that is best in most batches.", PerTensor: true, Symmetric: true, PoT: true, make: newPoTMode},
		{Name: "kld", Spelled: "histogram (KLD)", MQBench: "KLDObserver", About: "PyTorch's histogram, narrowed from both ends while the squared error falls.", PerTensor: true, Options: "bins", make: newKLD},
		{Name: "moving_average", Spelled: "moving average", MQBench: "MovingAverageMinMaxObserver", About: "PyTorch's moving average of the extremes, with a weight of 0.01 for each new batch.", make: newMovingAverage},
		{Name: "entropy", About: "The range whose quantized histogram has the least Kullback-Leibler divergence.", PerTensor: true, Options: "bins", make: newEntropy},
		{Name: "percentile", About: "The range that holds a share of the values.", PerTensor: true, Options: "threshold bins", make: newPercentile},
		{Name: "hist_mse", Spelled: "histogram MSE", About: "The range with the least squared error on a histogram of the whole calibration.", PerTensor: true, Options: "bins", make: newHistMSE},
	}
}

// Names are the observers there are, as a recipe writes them.
func Names() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// KindOf finds an observer by name. A name that is not in the table is an error that lists the table.
func KindOf(name string) (Kind, error) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("no observer %q: there are %s", name, strings.Join(Names(), ", "))
}

// New makes the named observer.
func New(name string, c Config) (Observer, error) {
	k, err := KindOf(name)
	if err != nil {
		return nil, err
	}
	return k.make(c), nil
}
