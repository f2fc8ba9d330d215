// Package observer watches tensors and says what range a quantizer should cover (spec §1.3). What
// comes in are batches of values, in whole or item by item; what goes out are scale and zero point.
// A further observer is one file and one line in the table.
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
	EMARatio float32 // ema_minmax: weight of the past, read as its shortest decimal
}

// Observer collects the values of one tensor over batches. Within a batch the order of items does
// not matter; EndBatch closes the batch, and averages over batches count those.
type Observer interface {
	// Observe takes values of channel c of the current batch.
	Observe(c int, x []float32)
	// ObserveRange takes their minimum and maximum instead.
	ObserveRange(c int, lo, hi float32)
	// EndBatch closes the batch. One in which nothing was observed does not count.
	EndBatch()
	// Range is the range so far, one element a channel; +Inf and -Inf before the first batch.
	Range() (lo, hi []float32)
	// Params are the scales and zero points of that range; scheme.ErrRange if it holds a NaN or an
	// infinity.
	Params() (scheme.QParams, error)
}

var table = []struct {
	name string
	make func(Config) Observer
}{
	{"minmax", newMinMax},
	{"ema_minmax", newEMAMinMax},
}

// Names are the observers there are, as a recipe writes them.
func Names() []string {
	names := make([]string, len(table))
	for i, t := range table {
		names[i] = t.name
	}
	return names
}

// New makes the named observer. A name that is not in the table is an error that lists the table.
func New(name string, c Config) (Observer, error) {
	for _, t := range table {
		if t.name == name {
			return t.make(c), nil
		}
	}
	return nil, fmt.Errorf("no observer %q: there are %s", name, strings.Join(Names(), ", "))
}
