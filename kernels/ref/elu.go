package ref

// EluSmall is ln2/2: between -EluSmall and 0 Elu takes the polynomial of Exp, without its 1.
const EluSmall = 0.34657359

// Elu is alpha·(e^x - 1) where x < 0, else x. Near 0, where 1 would cancel, e^x - 1 is x + x²·P(x).
func Elu(x, alpha float32) float32 {
	if !(x < 0) {
		return x
	}
	y := Exp(x) - 1
	if x > -EluSmall {
		y = float32(horner(x, ExpPoly())*float32(x*x)) + x
	}
	return y * alpha
}

// EluOp is Elu on every element.
func EluOp(alpha float32) EpilogueOp { return each(func(x float32) float32 { return Elu(x, alpha) }) }
