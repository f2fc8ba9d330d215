package ref

// Moments are second moments of three tensors and of what is between them, each summed in float64 in the order of
// the elements. The zero Moments has seen nothing.
type Moments struct {
	AA, BB, AB                float64 // Σ a², Σ b², Σ a·b
	AminusB, AminusC, BminusC float64 // Σ (a−b)², Σ (a−c)², Σ (b−c)²
	Apart                     uint32  // elements of a and c that differ; of two NaNs none does
}

// Add takes three pieces of one length.
func (m *Moments) Add(a, b, c []float32) {
	s := *m
	b, c = b[:len(a)], c[:len(a)]
	for i := range a { // sums wait for the one before, but not for each other
		x, y, z := float64(a[i]), float64(b[i]), float64(c[i])
		d, e, f := x-y, x-z, y-z
		s.AA += float64(x * x)
		s.BB += float64(y * y)
		s.AB += float64(x * y)
		s.AminusB += float64(d * d)
		s.AminusC += float64(e * e)
		s.BminusC += float64(f * f)
		if a[i] != c[i] && (a[i] == a[i] || c[i] == c[i]) {
			s.Apart++
		}
	}
	*m = s
}
