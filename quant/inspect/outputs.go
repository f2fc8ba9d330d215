package inspect

import "slices"

// Outputs are what the float and the quantized network answer to the same items.
type Outputs struct {
	Items int    `json:"items"` // that both have answered
	Cells []Cell `json:"cells"` // of both confusion matrices, by label and then answer; none where nothing has a label
	Flips int    `json:"flips"` // items whose first answer is another one
	// Pairs are the first of these items, then others, with the answers of both.
	Pairs []Pair `json:"pairs"`
}

// Cell is how often a label got an answer.
type Cell struct {
	Label     Class `json:"label"`
	Answer    Class `json:"answer"`
	Float     int   `json:"float"`
	Quantized int   `json:"quantized"`
}

// Pair is an item with the answers of both networks, those of the float one in Input.
type Pair struct {
	Input
	Quantized []Answer `json:"quantized"`
	Twins     *Twins   `json:"twins,omitempty"` // of networks that answer with images; then nothing has classes
}

// Flipped tells whether the first answers differ.
func (p Pair) Flipped() bool {
	return len(p.Answers) > 0 && len(p.Quantized) > 0 && p.Answers[0].Class != p.Quantized[0].Class
}

// Confusion counts the cells of both matrices. The label, and the first answers of both networks, are of the
// same item; name gives a class its name. Items without a label, below 0, are left out.
func Confusion(labels, float, quantized []int, name func(class int) string) []Cell {
	counts := map[[2]int]*Cell{}
	at := func(label, answer int) *Cell {
		key := [2]int{label, answer}
		if counts[key] == nil {
			counts[key] = &Cell{Label: Class{Index: label, Name: name(label)}, Answer: Class{Index: answer, Name: name(answer)}}
		}
		return counts[key]
	}
	for i, label := range labels {
		if label >= 0 {
			at(label, float[i]).Float++
			at(label, quantized[i]).Quantized++
		}
	}
	var out []Cell
	for _, c := range counts {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cell) int {
		if a.Label.Index != b.Label.Index {
			return a.Label.Index - b.Label.Index
		}
		return a.Answer.Index - b.Answer.Index
	})
	return out
}
