package diagnose

import (
	"context"
	"time"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

const (
	leastIterations = 20 // of each part, fewer of which move no rounding

	certainly = 0.5 // of the time that is left: what does not end in time is lost, and others may come to use the machine

	costOfStep = 4 // of an item in a step of learning, beside one that runs forward: see site/store's costOfItem
)

// learning is the idea of learning a rounding.
func learning(by recipe.Rounding) idea {
	return idea{title: "Rounding by " + by.String(), change: func(r *recipe.Recipe) { r.Refine.Rounding = by }}
}

// affordable is a rounding with so many iterations that learning it ends in time on this machine, as many as are usual at most,
// by what the float network takes for the items just now. The recipe states them, so that who computes it again has the same bits.
func (l *Lab) affordable(ctx context.Context, by recipe.Rounding, best *Trial, end time.Time) (recipe.Rounding, error) {
	began := time.Now()
	if _, err := l.logits(ctx, l.Graph, l.Items.Inputs, func(int, int) {}); err != nil {
		return by, err
	}
	by.Iterations = iterations(time.Since(began)/time.Duration(l.Items.Len), time.Until(end), refine.Parts(best.c, by), l.Calibration.Len, best.Recipe.Data.Batch, by.Full().Iterations)
	return by, nil
}

// iterations are how many of all parts fit into what is left, at most so many, if an item takes so long. Before its first one each part
// is given what its inputs are, in float and quantized, which over all parts is about one run of the items for each.
func iterations(item, left time.Duration, parts, items, batch, most int) int {
	left = time.Duration(certainly*float64(left)) - item*time.Duration(parts*items)
	return min(max(int(left/max(item*time.Duration(costOfStep*min(batch, items)), 1)), 0), most)
}
