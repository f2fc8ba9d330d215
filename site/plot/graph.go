package plot

import (
	"cmp"
	"slices"
	"strings"
)

// The sizes of a network's picture, in its own units.
const (
	BoxWidth  = 178.0
	BoxHeight = 46.0
	boxAside  = 18.0 // between neighbours
	boxBelow  = 30.0 // between ranks
	wireWidth = 12.0 // of an edge that passes a rank
)

// Graph is a network as boxes in ranks, what is computed first at the top, with edges that pass between boxes and never
// through them (Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures, 1981).
type Graph struct {
	Boxes         []GraphBox
	Edges         []Edge
	Width, Height float64
}

// GraphBox is a node; X and Y are of its upper left corner.
type GraphBox struct {
	X, Y float64
	Rank int
	from []int
	to   []int
}

// Edge is a connection of two boxes, as SVG path data.
type Edge struct {
	From, To int
	Path     string
}

// slot is a box, or a place where an edge passes a rank.
type slot struct {
	rank     int
	at       float64 // place within the rank while sorting, then x of the middle
	up, down []int   // slots
}

func (s *slot) width(box bool) float64 {
	if box {
		return BoxWidth + boxAside
	}
	return wireWidth
}

// NewGraph lays out nodes by what each takes from. Those come before it in the list; what does not is left out.
func NewGraph(from [][]int) Graph {
	g := Graph{Boxes: make([]GraphBox, len(from))}
	slots := make([]slot, len(from))
	var wires [][]int // slots that each edge goes through, its ends included
	for i, list := range from {
		for _, f := range list {
			if f < 0 || f >= i {
				continue
			}
			g.Boxes[i].from = append(g.Boxes[i].from, f)
			g.Boxes[f].to = append(g.Boxes[f].to, i)
			slots[i].rank = max(slots[i].rank, slots[f].rank+1)
		}
	}
	for i := range g.Boxes {
		for _, f := range g.Boxes[i].from {
			wire := []int{f}
			for r := slots[f].rank + 1; r < slots[i].rank; r++ {
				slots = append(slots, slot{rank: r})
				wire = append(wire, len(slots)-1)
			}
			wire = append(wire, i)
			for k := 1; k < len(wire); k++ {
				a, b := wire[k-1], wire[k]
				slots[a].down, slots[b].up = append(slots[a].down, b), append(slots[b].up, a)
			}
			wires = append(wires, wire)
		}
	}
	ranks := arrange(slots, len(from))
	left, right := 0.0, 0.0
	for _, s := range slots {
		left, right = min(left, s.at-BoxWidth/2), max(right, s.at+BoxWidth/2)
	}
	for i := range g.Boxes {
		b := &g.Boxes[i]
		b.Rank = slots[i].rank
		b.X, b.Y = slots[i].at-BoxWidth/2-left, float64(b.Rank)*(BoxHeight+boxBelow)
	}
	if len(from) > 0 {
		g.Width, g.Height = right-left, float64(len(ranks))*(BoxHeight+boxBelow)-boxBelow
	}
	for _, wire := range wires {
		g.Edges = append(g.Edges, Edge{wire[0], wire[len(wire)-1], path(slots, wire, left)})
	}
	return g
}

// arrange orders the slots of each rank by where their neighbours are, and gives each an x: in the middle of its neighbours
// as far as there is room.
func arrange(slots []slot, boxes int) (ranks [][]int) {
	for i, s := range slots {
		for len(ranks) <= s.rank {
			ranks = append(ranks, nil)
		}
		slots[i].at = float64(len(ranks[s.rank]))
		ranks[s.rank] = append(ranks[s.rank], i)
	}
	middle := func(list []int) (float64, bool) {
		sum := 0.0
		for _, k := range list {
			sum += slots[k].at
		}
		return sum / float64(max(len(list), 1)), len(list) > 0
	}
	const sweeps = 4
	for sweep := range sweeps {
		for k := range ranks {
			rank := ranks[k]
			if sweep%2 == 1 {
				rank = ranks[len(ranks)-1-k]
			}
			wish := map[int]float64{}
			for _, i := range rank {
				near := slots[i].up
				if sweep%2 == 1 {
					near = slots[i].down
				}
				wish[i] = slots[i].at
				if m, ok := middle(near); ok {
					wish[i] = m
				}
			}
			slices.SortStableFunc(rank, func(a, b int) int { return cmp.Compare(wish[a], wish[b]) })
			for p, i := range rank {
				slots[i].at = float64(p)
			}
		}
	}
	for _, rank := range ranks { // from the top, in the middle of what is above
		x := 0.0
		for n, i := range rank {
			half := slots[i].width(i < boxes) / 2
			wish, ok := middle(slots[i].up)
			if !ok {
				wish = x + half
			}
			if n > 0 {
				wish = max(wish, x+half)
			}
			slots[i].at = wish
			x = wish + half
		}
		shift := 0.0 // what was pushed to the right comes back by half
		for _, i := range rank {
			if wish, ok := middle(slots[i].up); ok {
				shift += slots[i].at - wish
			}
		}
		shift /= float64(len(rank))
		for _, i := range rank {
			slots[i].at -= shift
		}
	}
	return ranks
}

// path goes through slots: down the gap between ranks in a curve, straight past a rank.
func path(slots []slot, wire []int, left float64) string {
	var b strings.Builder
	top := func(rank int) float64 { return float64(rank) * (BoxHeight + boxBelow) }
	for k, i := range wire {
		s := slots[i]
		x := s.at - left
		if k == 0 {
			b.WriteByte('M')
			coordinate(&b, x, top(s.rank)+BoxHeight)
			continue
		}
		before := slots[wire[k-1]]
		y := top(before.rank) + BoxHeight
		b.WriteByte('C')
		coordinate(&b, before.at-left, y+boxBelow/2)
		b.WriteByte(' ')
		coordinate(&b, x, y+boxBelow/2)
		b.WriteByte(' ')
		coordinate(&b, x, top(s.rank))
		if k < len(wire)-1 {
			b.WriteByte('L')
			coordinate(&b, x, top(s.rank)+BoxHeight)
		}
	}
	return b.String()
}

// Step is the box that an arrow key leads to: along the data with up and down, within the rank to the left and right; the same
// box where there is none.
func (g Graph) Step(at int, key string) int {
	b := g.Boxes[at]
	switch {
	case key == "ArrowDown" && len(b.to) > 0:
		return b.to[0]
	case key == "ArrowUp" && len(b.from) > 0:
		return b.from[0]
	case key == "Home":
		return 0
	case key == "End":
		return len(g.Boxes) - 1
	case key != "ArrowLeft" && key != "ArrowRight":
		return at
	}
	best := at
	for i, o := range g.Boxes {
		right := o.X > b.X
		if o.Rank != b.Rank || i == at || right != (key == "ArrowRight") {
			continue
		}
		if best == at || right == (o.X < g.Boxes[best].X) {
			best = i
		}
	}
	return best
}
