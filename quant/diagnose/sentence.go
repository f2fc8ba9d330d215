package diagnose

import (
	"fmt"
	"slices"
	"strings"
)

// Sentence names the layers that are guilty of the most, why, and by how much; it is empty where nothing was
// found. Layers with the same cause are named together.
func (d *Diagnosis) Sentence() string {
	if len(d.Findings) == 0 {
		return ""
	}
	first := d.Findings[0]
	var layers []string
	var seen []string
	share := 0.0
	for _, f := range d.Findings { // the first of a layer is its chief cause
		if f.Cause == first.Cause && !slices.Contains(seen, f.Layer) {
			layers = append(layers, f.Layer)
			share += f.Noise
		}
		seen = append(seen, f.Layer)
	}
	who := first.Layer + " causes"
	switch n := len(layers); {
	case n == 2:
		who = layers[0] + " and " + layers[1] + " cause"
	case n > 2:
		who = fmt.Sprintf("%s, %s and %d more cause", layers[0], layers[1], n-2)
	}
	if first.Cause == Rounding {
		return fmt.Sprintf("%s %.0f %% of the noise. %s", who, 100*share, first.Sentence)
	}
	sentence := first.Sentence
	if len(layers) > 1 {
		sentence = "In " + first.Layer + ", " + strings.ToLower(sentence[:1]) + sentence[1:]
	}
	return fmt.Sprintf("%s %.0f %% of the noise, by %s. %s", who, 100*share, first.Cause, sentence)
}
