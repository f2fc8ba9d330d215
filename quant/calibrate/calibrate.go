// Package calibrate runs calibration items through the observers (spec §4.1: eval mode, observers
// on, fake-quantizers off) and gives every quantizer its scale and zero point.
package calibrate

import (
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Calibrated is a prepared network whose quantizers have their numbers.
type Calibrated struct {
	prepare.Prepared
	Params []scheme.QParams // one for each of Quantizers, same order
}
