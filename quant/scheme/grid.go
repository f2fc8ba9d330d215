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
	FP16     Grid = "fp16"    // IEEE's half precision, s = 1
	BF16     Grid = "bf16"    // bfloat16, s = 1
	NF4      Grid = "nf4"     // 16 numbers: quantiles of the normal distribution (QLoRA)
	AF4      Grid = "af4"     // 16 numbers for the normal distribution in blocks of 64 (AbnormalFloat)
	E2M1     Grid = "e2m1"    // 15 numbers: a 4-bit float of 2 exponent bits (OCP's microscaling formats)
	FP4BNB   Grid = "fp4_bnb" // 15 numbers: the 4-bit float of bitsandbytes
)

// Whole tells whether the numbers are integers times a scale, as integer engines and QDQ have them.
func (g Grid) Whole() bool { return g == Integers || g == HalfUp }
