package phrase

import (
	"fmt"
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Class is a class's number, with its name where it has one.
func Class(class int, name string) string {
	number := strconv.Itoa(class)
	if name == number || name == "" {
		return number
	}
	return number + " " + name
}

// QParams is a quantizer's scheme and what it was calibrated to.
func QParams(s scheme.QScheme, p scheme.QParams) string {
	sign := "uint"
	if s.Symmetric {
		sign = "int"
	}
	out := fmt.Sprintf("%s%d, codes %s to %s", sign, s.Bits, Count(int64(p.QMin)), Count(int64(p.QMax)))
	if len(p.Scale) == 1 {
		low, high := p.Reach(0)
		return out + fmt.Sprintf(", scale %s, zero point %d, range %s … %s", Float(p.Scale[0]), p.ZeroPoint[0], Float(low), Float(high))
	}
	least, most := p.Scale[0], p.Scale[0]
	for _, x := range p.Scale {
		least, most = min(least, x), max(most, x)
	}
	return out + fmt.Sprintf(", %s, %s … %s", Plural(len(p.Scale), "scale", "scales"), Float(least), Float(most))
}

// Weight says in a sentence what codes do to a weight.
func Weight(w inspect.Weight, p scheme.QParams) string {
	if !p.Grid.Whole() {
		return Plural(w.Elements, "weight becomes ", "weights become ") + Count(int64(w.Used)) + " different numbers; mean squared error " + Small(w.MSE) + "."
	}
	codes := int64(p.QMax) - int64(p.QMin) + 1
	clipped := "none clipped"
	if w.Clipped > 0 {
		clipped = Share(w.Clipped, w.Elements) + " clipped"
	}
	return Plural(w.Elements, "weight uses ", "weights use ") + Count(int64(w.Used)) + " of " + Count(codes) + " codes, " + clipped +
		"; mean squared error " + Small(w.MSE) + "."
}

// Activation says in a sentence how a calibrated range fits the values.
func Activation(a inspect.Activation) string {
	out := "Calibrated range " + Float(a.Low) + " … " + Float(a.High) + "; on " + Plural(a.Items, "evaluation item", "evaluation items") +
		" values go from " + Float(a.Min) + " to " + Float(a.Max) + ", "
	if a.Below+a.Above == 0 {
		return out + "none outside."
	}
	return out + Share(a.Below+a.Above, a.Elements) + " outside."
}

// Channels says in a sentence how unlike the channels of a weight are.
func Channels(channels []inspect.Channel) string {
	if len(channels) == 0 {
		return ""
	}
	reach := func(c inspect.Channel) float32 { return max(c.Max, -c.Min) }
	least, most, fewest := 0, 0, 0
	for i, c := range channels {
		if reach(c) < reach(channels[least]) {
			least = i
		}
		if reach(c) > reach(channels[most]) {
			most = i
		}
		if c.Used < channels[fewest].Used {
			fewest = i
		}
	}
	out := Plural(len(channels), "channel", "channels") + "; channel " + strconv.Itoa(most) + " is the widest, up to " + Float(reach(channels[most]))
	if reach(channels[least]) > 0 {
		out += ", " + Times(float64(reach(channels[most])/reach(channels[least]))) + " the narrowest, channel " + strconv.Itoa(least)
	}
	return out + "; channel " + strconv.Itoa(fewest) + " uses the fewest codes, " + strconv.Itoa(channels[fewest].Used) + "."
}
