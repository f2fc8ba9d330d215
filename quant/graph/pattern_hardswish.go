package graph

// hardSwishOf is HardSwish where gate is the hard sigmoid max(0, min(1, x/6 + 0.5)) that x is multiplied
// with, else nil. Writers round 1/6 in several ways, a few of them to six digits.
func hardSwishOf(gate Op) Op {
	h, ok := gate.(HardSigmoid)
	if ok && h.Beta == 0.5 && h.Alpha > 0.166666 && h.Alpha < 0.166668 {
		return HardSwish{}
	}
	return nil
}
