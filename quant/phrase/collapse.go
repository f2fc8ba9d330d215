package phrase

import "github.com/quantscope/quantscope/quant/report"

// Collapse says that quantization has lost half of the right answers or more; without labels, half of the
// float network's answers, or of what is no class the signal. It is empty where that is not so, and where there are too few to tell.
func Collapse(r report.Report) string {
	const enough, noise = 8, 3 // dB: as much noise as half of the signal
	a := r.Accuracy
	switch {
	case a.Labelled >= enough && a.Float >= enough/2 && 2*a.Quantized <= a.Float:
		return "The network collapses: quantization takes top-1 from " + Percent(Ratio(a.Float, a.Labelled)) + " to " + Percent(Ratio(a.Quantized, a.Labelled)) + "."
	case len(r.Outputs) > 0 && a.Labelled == 0:
		if o := r.Outputs[0]; o.Quantized.SQNR < noise {
			return "The network collapses: its output " + o.Name + " is mostly noise, " + Measured(o.Measure, o.Quantized.Value(o.Measure)) + "."
		}
	case a.Labelled == 0 && a.Items >= enough && 2*a.Agree <= a.Items:
		return "The network collapses: only " + Percent(Ratio(a.Agree, a.Items)) + " of its answers stay what they were in float."
	}
	return ""
}

// Gain writes by how much an SQNR rises, signed: +3.2 dB.
func Gain(db float64) string { return signed(db, 1) + " dB" }

// Price writes how many bytes more something takes: +1.20 kB.
func Price(bytes int64) string {
	switch {
	case bytes == 0:
		return "no bytes"
	case bytes < 0:
		return "−" + Bytes(-bytes)
	}
	return "+" + Bytes(bytes)
}
