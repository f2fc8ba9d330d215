package observer

import "math"

// moments are count, mean and sum of squared deviations of values, in float64: of each piece by two
// passes over it, pieces put together by the formula of Chan, Golub and LeVeque.
type moments struct{ n, mean, squares float64 }

func (m *moments) add(x []float32) {
	n := float64(len(x))
	if n == 0 {
		return
	}
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	mean, squares := sum/n, 0.0
	for _, v := range x {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	d, total := mean-m.mean, m.n+n
	m.mean += float64(d * (n / total))
	m.squares += squares + float64(float64(d*d)*(m.n*n/total))
	m.n = total
}

// deviation is the unbiased standard deviation; 0 of a single value.
func (m *moments) deviation() float64 {
	if m.n < 2 {
		return 0
	}
	return math.Sqrt(m.squares / (m.n - 1))
}
