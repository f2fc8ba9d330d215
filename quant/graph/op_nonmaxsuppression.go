package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// NonMaxSuppression selects boxes [N,B,4], constants, by their scores [N,classes,B]: the best of each class that overlap none better by
// more than IoU, at most Most of each. Output [count,3] of Int64: item, class, box. How many there are depends on the
// data, and shapes here do not. ONNX operator NonMaxSuppression, whose other inputs are dropped.
type NonMaxSuppression struct {
	Most       int
	IoU, Score float32
	Scored     bool // only those above Score
	Centre     bool // boxes are x, y, width, height, not two corners y, x
}

// Type is the ONNX operator name.
func (NonMaxSuppression) Type() string { return "NonMaxSuppression" }

// Infer counts.
func (s NonMaxSuppression) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	boxes, scores := in[0].Shape, in[1].Shape
	if len(boxes) != 3 || len(scores) != 3 || boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2] {
		return nil, fmt.Errorf("boxes %q %v and scores %q %v are not [N,B,4] and [N,classes,B]", in[0].Name, boxes, in[1].Name, scores)
	}
	for _, v := range in {
		if v.Const == nil {
			return nil, errCount(v)
		}
	}
	if most := min(s.Most, boxes[1]); Len(scores) > 0 && most > mostOverlaps/Len(scores) {
		return nil, fmt.Errorf("%d boxes a class of scores %q %v take over %d comparisons", most, in[1].Name, scores, mostOverlaps)
	}
	return one(Int64, len(s.chosen(in[0].Const, in[1].Const)), 3), nil
}

// mostOverlaps bounds the boxes compared.
const mostOverlaps = 1 << 28

// Fold lists them.
func (s NonMaxSuppression) Fold(in []*Tensor) ([]*Tensor, error) {
	chosen := s.chosen(in[0], in[1])
	out := &Tensor{DType: Int64, Shape: []int{len(chosen), 3}}
	for _, c := range chosen {
		out.I = append(out.I, c[:]...)
	}
	return []*Tensor{out}, nil
}

func (s NonMaxSuppression) chosen(boxes, scores *Tensor) (chosen [][3]int64) {
	classes, n := scores.Shape[1], scores.Shape[2]
	for item := range scores.Shape[0] {
		at := func(i int) []float32 { return boxes.F[(item*n+i)*4:][:4] }
		for class := range classes {
			score := scores.F[(item*classes+class)*n:][:n]
			var order, kept []int
			for i, v := range score {
				if !s.Scored || v > s.Score {
					order = append(order, i)
				}
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
			for _, i := range order {
				if len(kept) == s.Most {
					break
				}
				if !slices.ContainsFunc(kept, func(k int) bool { return s.overlap(at(k), at(i)) > s.IoU }) {
					kept = append(kept, i)
					chosen = append(chosen, [3]int64{int64(item), int64(class), int64(i)})
				}
			}
		}
	}
	return chosen
}

// overlap is the intersection of two boxes over their union.
func (s NonMaxSuppression) overlap(a, b []float32) float32 {
	shared, areas := float32(1), [2]float32{1, 1}
	for axis := range 2 {
		lo0, hi0 := s.extent(a, axis)
		lo1, hi1 := s.extent(b, axis)
		shared *= max(min(hi0, hi1)-max(lo0, lo1), 0)
		areas[0], areas[1] = areas[0]*(hi0-lo0), areas[1]*(hi1-lo1)
	}
	if areas[0] <= 0 || areas[1] <= 0 || shared <= 0 {
		return 0
	}
	return shared / (areas[0] + areas[1] - shared)
}

func (s NonMaxSuppression) extent(box []float32, axis int) (lo, hi float32) {
	if s.Centre {
		half := box[axis+2] / 2
		return box[axis] - half, box[axis] + half
	}
	return min(box[axis], box[axis+2]), max(box[axis], box[axis+2])
}
