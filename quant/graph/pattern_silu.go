package graph

// siluOf is SiLU where gate is the sigmoid that x is multiplied with, else nil.
func siluOf(gate Op) Op {
	if _, ok := gate.(Sigmoid); ok {
		return SiLU{}
	}
	return nil
}
