package ref

// ErfNear is the bound below which Erf takes ErfPoly.
const ErfNear = 1

// ErfPoly approximates erf(x)/x as a polynomial in x² on |x| ≤ ErfNear, within 1.2e-7 of itself: an
// interpolation of our own, rounded to float32.
func ErfPoly() []float32 {
	return []float32{7.87587487e-05, -0.00080168643, 0.00518908724, -0.0268542115, 0.112835944, -0.37612626, 1.12837911}
}

// Erf is the error function, 2/√π times the integral of e^(-t²) from 0 to x: far from 0 it is 1 - 2·Φ(-√2·|x|)
// with the sign of x.
func Erf(x float32) float32 {
	if a := abs(x); !(a < ErfNear) {
		y := NormalCDF(float32(a * -Sqrt2))
		if y = 1 - (y + y); x < 0 {
			return -y
		}
		return y
	}
	return horner(float32(x*x), ErfPoly()) * x
}

// Sqrt2 is √2.
const Sqrt2 = 1.4142135

// ErfOp is Erf on every element.
func ErfOp() EpilogueOp { return each(Erf) }
