package phrase

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/report"
)

// Measured writes what an output's measure gives: "99.99 % of pixels get the same class".
func Measured(m report.Measure, value float64) string {
	switch m {
	case report.Classes:
		return fine(value) + " get the same class"
	case report.Positions:
		return fine(value) + " of positions get the same class"
	case report.Pixels:
		return fine(value) + " of pixels get the same class"
	case report.Decisions:
		return fine(value) + " of decisions stay (½ or more, or less)"
	case report.Embedding:
		return "cosine " + strconv.FormatFloat(value, 'f', 5, 64)
	case report.Values:
		return "relative error " + fine(value)
	}
	return "SQNR " + Decibels(value)
}

// MeasureName is the head of a figure, or of a line.
func MeasureName(m report.Measure) string {
	switch m {
	case report.Classes:
		return "Agreement with float"
	case report.Positions:
		return "Agreement at positions"
	case report.Pixels:
		return "Agreement of pixels"
	case report.Decisions:
		return "Agreement of decisions"
	case report.Embedding:
		return "Cosine of embeddings"
	case report.Values:
		return "Relative error"
	}
	return "SQNR of the output"
}

// Nearness writes a measure with what else is worth knowing beside it: of an embedding its relative error, of a
// share the SQNR.
func Nearness(m report.Measure, n report.Near) string {
	out := Measured(m, n.Value(m))
	switch {
	case m == report.Embedding:
		out += ", relative error " + fine(n.Error)
	case m != report.Signals:
		out += ", SQNR " + Decibels(n.SQNR)
	}
	return out
}

// fine writes a ratio in percent with two decimals, which tell a few pixels of many.
func fine(ratio float64) string {
	if ratio < 1 && ratio >= 0.99995 {
		return ">\u202f99.99\u202f%"
	}
	return strconv.FormatFloat(100*ratio, 'f', 2, 64) + "\u202f%"
}
