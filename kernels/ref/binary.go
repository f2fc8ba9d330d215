package ref

// Binary is an element-wise function of two elements, limited to [lo, hi] (NaN passes).
type Binary func(a, b float32) float32

// Clamped is f followed by the clamp.
func (f Binary) Clamped(a, b, lo, hi float32) float32 { return clamp(f(a, b), lo, hi) }

// Add is a + b.
func Add(a, b float32) float32 { return a + b }

// Sub is a - b.
func Sub(a, b float32) float32 { return a - b }

// Mul is a · b.
func Mul(a, b float32) float32 { return a * b }

// Div is a / b.
func Div(a, b float32) float32 { return a / b }

// Min is the lesser; NaN wins, and -0 < +0.
func Min(a, b float32) float32 { return min(a, b) }

// Max is the greater; NaN wins, and -0 < +0.
func Max(a, b float32) float32 { return max(a, b) }
