package inspect

import (
	"cmp"
	"math"
	"slices"
)

// Answer is a class and the share the network gives it.
type Answer struct {
	Class int     `json:"class"` // less the class offset
	Name  string  `json:"name"`  // empty where it has none
	Share float64 `json:"share"` // of 1
}

// Answers are the n classes with the greatest logits, the first of equals first. Logits that are
// shares already (none negative, 1 in all) are taken as they are, others through softmax.
func Answers(logits []float32, n, classOffset int) []Answer {
	sum, most := 0.0, math.Inf(-1)
	shares := true
	for _, x := range logits {
		sum += float64(x)
		most = max(most, float64(x))
		shares = shares && x >= 0
	}
	if shares = shares && math.Abs(sum-1) < 1e-3; !shares {
		sum = 0
		for _, x := range logits {
			sum += math.Exp(float64(x) - most)
		}
	}
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	var out []Answer
	for _, i := range order[:min(n, len(order))] {
		share := float64(logits[i])
		if !shares {
			share = math.Exp(share-most) / sum
		}
		if share-share != 0 {
			share = 0
		}
		out = append(out, Answer{Class: i - classOffset, Share: share})
	}
	return out
}
