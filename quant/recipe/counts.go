package recipe

// Counts are how many of n items calibrate and how many are evaluated. Where there are fewer than asked for,
// both sides shrink: half of the items calibrate at least, and one is left to evaluate. Only where a single
// item cannot do both, or where everything calibrates on purpose, nothing is evaluated.
func (d Data) Counts(n int) (calibrate, evaluate int) {
	calibrate = min(d.Calibration, n)
	if !d.Overlap && n > 1 && calibrate+max(1, d.Evaluation) > n {
		keep := n / 2
		if d.Evaluation > 0 {
			keep = max(keep, n-d.Evaluation)
		}
		calibrate = min(calibrate, keep)
	}
	evaluate = n - calibrate
	if d.Overlap {
		evaluate = n
	}
	if d.Evaluation > 0 {
		evaluate = min(evaluate, d.Evaluation)
	}
	return calibrate, evaluate
}
