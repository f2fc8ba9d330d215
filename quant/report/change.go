package report

import "slices"

// Change is what another recipe, a backend's, would change of one in the same network.
type Change struct {
	Name       string   `json:"name"`       // of the other recipe
	Problem    string   `json:"problem"`    // why it cannot be for this network; then nothing else is known
	Quantizers int      `json:"quantizers"` // of the other
	Float      []string `json:"float"`      // layers that it leaves in float
	Added      int      `json:"added"`      // tensors that only the other quantizes
	Dropped    int      `json:"dropped"`    // tensors that only the first quantizes
	Ranges     int      `json:"ranges"`     // tensors in both with another range or number of scales
	Zeros      int      `json:"zeroPoints"` // tensors in both with another zero point
	Tensors    []Pair   `json:"tensors"`
}

// Pair is a tensor as the first recipe quantizes it and as the other does; nil where it does not.
type Pair struct {
	Name  string  `json:"name"`
	Now   *Tensor `json:"now"`
	There *Tensor `json:"there"`
}

// Ranged tells whether both quantize the tensor and its range, or the number of its scales, changes.
func (p Pair) Ranged() bool {
	return p.Now != nil && p.There != nil && (p.Now.Low != p.There.Low || p.Now.High != p.There.High || p.Now.Scales != p.There.Scales)
}

// Zeroed tells whether both quantize the tensor and its zero point changes.
func (p Pair) Zeroed() bool {
	return p.Now != nil && p.There != nil && (p.Now.ZeroLow != p.There.ZeroLow || p.Now.ZeroHigh != p.There.ZeroHigh)
}

// Change compares another recipe's calibration with now. Tensors come in the other's order, those that
// it does not quantize last.
func (now Calibration) Change(there Calibration) Change {
	c := Change{Name: there.Recipe, Problem: there.Problem, Quantizers: len(there.Tensors), Float: there.Float}
	if there.Problem != "" {
		return c
	}
	find := func(list []Tensor, name string) *Tensor {
		if i := slices.IndexFunc(list, func(t Tensor) bool { return t.Name == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	for i, t := range there.Tensors {
		c.Tensors = append(c.Tensors, Pair{t.Name, find(now.Tensors, t.Name), &there.Tensors[i]})
	}
	for i, t := range now.Tensors {
		if find(there.Tensors, t.Name) == nil {
			c.Tensors = append(c.Tensors, Pair{t.Name, &now.Tensors[i], nil})
		}
	}
	for _, p := range c.Tensors {
		switch {
		case p.Now == nil:
			c.Added++
		case p.There == nil:
			c.Dropped++
		}
		if p.Ranged() {
			c.Ranges++
		}
		if p.Zeroed() {
			c.Zeros++
		}
	}
	return c
}
