// Package search chooses one of several options for each layer so that what they cost together is least within a budget:
// bits for the weights of layers under a number of bytes or of operations. The answer is exact, a multiple-choice
// knapsack solved by dynamic programming over the choices that nothing dominates, with the bound of its linear relaxation
// (Kellerer, Pferschy, Pisinger: Knapsack Problems, 2004, ch. 11).
package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Option is one way to run a layer.
type Option struct {
	Size int64   // of the budget
	Cost float64 // what it loses, not negative
}

// Choice is an option for every layer.
type Choice struct {
	Options []int // by layer
	Size    int64
	Cost    float64
}

// Best is the choice of least cost whose size is within the budget, of equal ones the smaller. Layers must have options.
// Where even the smallest do not fit, the error says how small they are.
func Best(ctx context.Context, layers [][]Option, budget int64) (Choice, error) {
	p, err := newProblem(layers)
	if err != nil {
		return Choice{}, err
	}
	if p.least[0] > budget {
		return Choice{}, fmt.Errorf("the budget is %d; the smallest options together take %d", budget, p.least[0])
	}
	return p.solve(ctx, budget)
}

// Front are choices that nothing dominates, for so many budgets from the smallest choice to the one that costs nothing
// avoidable, smallest first; their distances grow, since most is won where little is spent.
func Front(ctx context.Context, layers [][]Option, budgets int) ([]Choice, error) {
	p, err := newProblem(layers)
	if err != nil {
		return nil, err
	}
	var front []Choice
	low, span, last := p.least[0], p.most-p.least[0], int64(max(budgets-1, 1))
	for i := range int64(budgets) {
		c, err := p.solve(ctx, low+span/last*i/last*i+span%last*i*i/(last*last))
		if err != nil {
			return nil, err
		}
		if n := len(front); n == 0 || c.Cost < front[n-1].Cost {
			front = append(front, c)
		}
	}
	return front, nil
}

// item is an option with its place among those given.
type item struct {
	Option
	at int
}

// step is what the next point of a layer's lower hull adds.
type step struct {
	size int64
	cost float64 // negative
}

// problem is what all budgets have in common.
type problem struct {
	layers [][]item // options that are not dominated, by size
	least  []int64  // size of the smallest options of a layer and all after it
	cost   []float64
	most   int64    // size of the options of least cost
	steps  [][]step // of a layer and all after it, steepest first
}

func newProblem(layers [][]Option) (*problem, error) {
	p := &problem{least: make([]int64, len(layers)+1), cost: make([]float64, len(layers)+1), steps: make([][]step, len(layers)+1)}
	for l, options := range layers {
		if len(options) == 0 {
			return nil, fmt.Errorf("layer %d has no options", l)
		}
		var all []item
		for k, o := range options {
			if o.Size < 0 || !(o.Cost >= 0) || math.IsInf(o.Cost, 1) {
				return nil, fmt.Errorf("option %d of layer %d has size %d and cost %v; neither may be negative", k, l, o.Size, o.Cost)
			}
			all = append(all, item{o, k})
		}
		slices.SortStableFunc(all, func(a, b item) int { return cmp.Or(cmp.Compare(a.Size, b.Size), cmp.Compare(a.Cost, b.Cost)) })
		kept := all[:1]
		for _, o := range all[1:] {
			if o.Cost < kept[len(kept)-1].Cost {
				kept = append(kept, o)
			}
		}
		p.layers = append(p.layers, kept)
		p.most += kept[len(kept)-1].Size
	}
	for l := len(layers) - 1; l >= 0; l-- {
		first := p.layers[l][0]
		p.least[l], p.cost[l] = p.least[l+1]+first.Size, p.cost[l+1]+first.Cost
		p.steps[l] = slices.Concat(p.steps[l+1], hull(p.layers[l]))
		slices.SortStableFunc(p.steps[l], func(a, b step) int { return cmp.Compare(a.cost*float64(b.size), b.cost*float64(a.size)) })
	}
	return p, nil
}

// hull are the steps along the lower convex hull of options.
func hull(options []item) []step {
	points := []item{options[0]}
	for _, o := range options[1:] {
		for len(points) > 1 {
			a, b := points[len(points)-2], points[len(points)-1]
			if (b.Cost-a.Cost)*float64(o.Size-b.Size) < (o.Cost-b.Cost)*float64(b.Size-a.Size) {
				break
			}
			points = points[:len(points)-1]
		}
		points = append(points, o)
	}
	var steps []step
	for i := range points[1:] {
		steps = append(steps, step{points[i+1].Size - points[i].Size, points[i+1].Cost - points[i].Cost})
	}
	return steps
}

// bounds are the costs of the layers from l on that take up to a size: the relaxation's, which no choice is below, and
// that of a choice, where whole steps are taken while they fit.
func (p *problem) bounds(l int, budget int64) (relaxed, found float64) {
	left := budget - p.least[l]
	relaxed = p.cost[l]
	for _, s := range p.steps[l] {
		if s.size > left {
			return relaxed + s.cost*float64(left)/float64(s.size), relaxed
		}
		left -= s.size
		relaxed += s.cost
	}
	return relaxed, relaxed
}

// state is a choice for the layers so far.
type state struct {
	size   int64
	cost   float64
	option int32
	from   int32 // state of the layer before
}

func (p *problem) solve(ctx context.Context, budget int64) (Choice, error) {
	slack := 1e-12 * p.cost[0] // for sums in another order
	_, best := p.bounds(0, budget)
	levels := [][]state{{{}}}
	for l, options := range p.layers {
		if err := ctx.Err(); err != nil {
			return Choice{}, err
		}
		var next []state
		for from, s := range levels[l] {
			for _, o := range options {
				size, cost := s.size+o.Size, s.cost+o.Cost
				if size+p.least[l+1] > budget {
					break
				}
				relaxed, found := p.bounds(l+1, budget-size)
				best = min(best, cost+found)
				if cost+relaxed <= best+slack {
					next = append(next, state{size, cost, int32(o.at), int32(from)})
				}
			}
		}
		slices.SortStableFunc(next, func(a, b state) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.cost, b.cost)) })
		kept := next[:0]
		for _, s := range next {
			if len(kept) == 0 || s.cost < kept[len(kept)-1].cost {
				kept = append(kept, s)
			}
		}
		levels = append(levels, kept)
	}
	end := levels[len(levels)-1]
	at := len(end) - 1 // the largest, of least cost
	c := Choice{Options: make([]int, len(p.layers)), Size: end[at].size, Cost: end[at].cost}
	for l := len(p.layers); l > 0; l-- {
		s := levels[l][at]
		c.Options[l-1], at = int(s.option), int(s.from)
	}
	return c, nil
}
