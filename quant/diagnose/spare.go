package diagnose

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/recipe"
)

const (
	spareItems = 2 // that the noise of layers is measured on: what it is for is their order
	spareGain  = 2 // dB that are wanted where the logits are good enough and the answers are not
	sparings   = 4 // numbers of layers that are tried
)

// spare gives more bits to the layers that lose the most alone, until the goal is reached or the bytes are spent, or the time,
// which end tells and within keeps: first to as many as make the noise that is too much, then to twice as many.
func (l *Lab) spare(ctx, within context.Context, best *Improvement, g Goal, end time.Time) error {
	o := Options{Workers: l.Workers, Items: spareItems, Progress: func(done, total int, _ time.Duration, _ *Layer) {
		g.Progress("which layers lose the most", 0, 1, done, total)
	}}
	if !end.IsZero() {
		o.Time = max(time.Until(end), 1)
	}
	m, err := begin(ctx, best.After.c, l.Items, o)
	if err != nil {
		return err
	}
	if err := m.measure(ctx, alone, len(m.layers)); err != nil {
		return err
	}
	start := best.After
	counts := sparingsFrom(needed(m.layers, start.Outcome.SQNR), len(m.layers))
	wide := func(r recipe.Recipe) []recipe.Recipe { // as far as may be tried
		r = copied(r)
		for _, layer := range m.layers[:counts[len(counts)-1]] {
			widen(&r, []string{layer.Name}, 0, 16)
		}
		return []recipe.Recipe{r}
	}
	for i, n := range counts {
		for _, idea := range l.wider(start, m.layers, n, g.MoreBytes-(start.Bytes-best.Before.Bytes)) {
			if within.Err() != nil || g.reached(best) {
				return nil
			}
			from := *best
			from.After, idea.also = start, wide
			err := l.step(within, &from, idea, g, func(s *Step) bool { return s.better(best.After) },
				func(done, total int) { g.Progress(idea.title, i, len(counts), done, total) })
			if late(ctx, err) {
				return nil
			}
			if err != nil {
				return err
			}
			tried := len(from.Steps) > len(best.Steps)
			best.Steps = from.Steps
			if tried && from.Steps[len(from.Steps)-1].Kept {
				best.After = from.After
				break
			}
		}
	}
	return nil
}

// sparingsFrom are so many layers, twice as many, and so on up to all.
func sparingsFrom(n, all int) []int {
	var counts []int
	for ; len(counts) < sparings && n <= all; n *= 2 {
		counts = append(counts, n)
	}
	return counts
}

// needed is how many of the layers, worst first, make the noise that has to go if the logits, which have sqnr, are to be good
// enough: about the sum of what each makes alone.
func needed(layers []*Layer, sqnr float64) int {
	noise, all := make([]float64, len(layers)), 0.0
	for i, layer := range layers {
		if layer.Alone != nil {
			noise[i] = power(layer.Alone.SQNR)
			all += noise[i]
		}
	}
	rest := all * power(max(enough, sqnr+spareGain)-sqnr)
	for i, x := range noise {
		if all -= x; all <= rest {
			return i + 1
		}
	}
	return max(len(layers), 1)
}

// power is that of noise, of the power of the signal.
func power(sqnr float64) float64 { return portable.Exp(-sqnr / 10 * math.Ln10) }

// wider are ways to give more bits to n layers, worst first, what takes no bytes first. Of layers whose weights would take more
// than is left of the bytes the next ones come in their place.
func (l *Lab) wider(start Trial, layers []*Layer, n int, bytes int64) []idea {
	var worst, fit []string
	weights, activations := 0.0, 0.0 // noise at their own outputs
	for i, layer := range layers {
		if i < n {
			worst = append(worst, layer.Name)
			weights, activations = weights+power(layer.OwnWeights.SQNR), activations+power(layer.OwnActivations.SQNR)
		}
		if more := start.widened(layer); len(fit) < n && more <= bytes {
			fit, bytes = append(fit, layer.Name), bytes-more
		}
	}
	var list []idea
	if start.Recipe.Activation.Scheme.Bits < 16 && activations >= weights {
		list = append(list, idea{title: "16-bit activations in " + few(worst), layers: worst, change: func(r *recipe.Recipe) { widen(r, worst, 0, 16) }})
	}
	bits := ideas(l.Graph, start.Recipe, named(fit))
	if sixteen := fmt.Sprintf("16 bits in %s", few(fit)); slices.ContainsFunc(bits, func(i idea) bool { return i.title == sixteen }) {
		bits = slices.DeleteFunc(bits, func(i idea) bool { return strings.HasSuffix(i.title, " in float") }) // leaves no less noise, and takes more
	}
	list = append(list, slices.DeleteFunc(bits, func(i idea) bool { return len(i.layers) == 0 })...)
	return list
}

// widened is how many bytes more the weights of a layer take with 16 bits.
func (t Trial) widened(layer *Layer) (bytes int64) {
	for _, i := range layer.Weights {
		q, scales := t.c.Quantizers[i], len(t.c.Params[i].Scale)
		bytes += bytesOf(t.c.Graph, q.Value, max(q.Scheme.Bits, 16), scales) - bytesOf(t.c.Graph, q.Value, q.Scheme.Bits, scales)
	}
	return bytes
}

// named are findings that only name layers.
func named(layers []string) []Finding {
	found := make([]Finding, len(layers))
	for i, name := range layers {
		found[i] = Finding{Layer: name, Cause: Rounding}
	}
	return found
}
