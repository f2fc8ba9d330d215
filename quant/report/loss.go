package report

import "github.com/quantscope/quantscope/quant/portable"

// mostLoss bounds the loss of one item: what no share is left for would be infinite.
const mostLoss = 100

// CrossEntropy is the cross-entropy of logits, or of shares, with a class: minus the logarithm of its share.
func CrossEntropy(logits []float32, class int) float64 {
	if class < 0 || class >= len(logits) {
		return mostLoss
	}
	most, sum, shares := float64(logits[0]), 0.0, true
	for _, x := range logits {
		most = max(most, float64(x))
		sum += float64(x)
		shares = shares && x >= 0
	}
	loss := -portable.Log(float64(logits[class]))
	if shares = shares && sum > 0.999 && sum < 1.001; !shares { // else the network ends in a softmax
		sum = 0
		for _, x := range logits {
			sum += portable.Exp(float64(x) - most)
		}
		loss = portable.Log(sum) + most - float64(logits[class])
	}
	if !(loss < mostLoss) {
		return mostLoss
	}
	return max(loss, 0)
}
