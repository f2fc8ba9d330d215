package scheme

// Grid is the set of numbers that a quantizer rounds to, and how.
type Grid string

// The grids.
const (
	Integers Grid = ""        // (q − z)·s, see Rule
	HalfUp   Grid = "half_up" // q·s as Vitis rounds activations: x/s is limited first, a negative tie goes up, others to even
	Log2     Grid = "log2"    // NNIE: 0 and ±2^((k+z)/16), k = 0 … 127, of the negative ones 1 … 127; s only tells what was observed
	E4M3     Grid = "e4m3"    // x/s as an 8-bit float of 4 exponent bits, greatest 448, times s
	E5M2     Grid = "e5m2"    // the same with 5 exponent bits, greatest 57344
)

// Whole tells whether the numbers are integers times a scale, as integer engines and QDQ have them.
func (g Grid) Whole() bool { return g == Integers || g == HalfUp }
