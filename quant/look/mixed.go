package look

import (
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/inspect"
)

// Mixed describes which bits layers should have.
func Mixed(m *diagnose.Mixed) inspect.Mixed {
	out := inspect.Mixed{Operations: m.Limit == diagnose.LimitOperations, Notes: m.Notes}
	for _, l := range m.Layers {
		out.Layers = append(out.Layers, l.Name)
	}
	for _, c := range m.Choices {
		out.Choices = append(out.Choices, inspect.Mix{Bits: c.Bits, Size: c.Size, Predicted: c.Predicted})
	}
	for _, p := range m.Front {
		out.Tried = append(out.Tried, inspect.Mix{
			Bits: p.Bits, Size: p.Size, Predicted: p.Predicted, Measured: &p.Outcome.SQNR, Agree: p.Outcome.Agree, Items: p.Outcome.Items,
		})
	}
	return out
}
