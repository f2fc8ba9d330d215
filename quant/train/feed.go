package train

import "math/rand/v2"

// prepared is the batch of a step.
type prepared struct {
	n       int
	inputs  [][]float32
	target  []float32
	teacher []float32
	err     error
}

// begin prepares batch k of epoch e while another trains: reading and decoding it takes as long as a part of a step. No
// more than one is prepared at a time, and none while an epoch ends.
func (f *fit) begin(e, k int) chan prepared {
	done := make(chan prepared, 1)
	go func() { done <- f.batch(e, k) }()
	return done
}

// batch is batch k of epoch e, whose order comes from the recipe's seed.
func (f *fit) batch(e, k int) prepared {
	order := rand.New(rand.NewPCG(f.c.Recipe.Data.Seed, uint64(e))).Perm(f.items.Len)
	items := order[k*f.r.Batch : min((k+1)*f.r.Batch, f.items.Len)]
	b := prepared{n: len(items), inputs: make([][]float32, len(f.c.Graph.Inputs)), target: make([]float32, len(items)*f.classes)}
	for j, i := range items {
		x, err := f.items.Inputs(i)
		if err != nil {
			b.err = err
			return b
		}
		for a := range b.inputs {
			from := len(b.inputs[a])
			b.inputs[a] = append(b.inputs[a], x[a]...)
			f.augment.change(b.inputs[a][from:], f.c.Recipe.Data.Seed, e, i)
		}
		if c := f.class(i); c >= 0 && c < f.classes {
			b.target[j*f.classes+c] = 1
		}
		if f.teacher != nil {
			b.teacher = append(b.teacher, f.teacher[i]...)
		}
	}
	return b
}
