package recipe

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quantscope/quantscope/quant/backend"
)

// Bounds of a recipe; networks have fewer layers, and shorter names.
const (
	maxOverrides = 4096
	maxName      = 256 // bytes
)

// overrides checks all of them, also against what the backend can do.
func overrides(b backend.Backend, all []Override) error {
	if len(all) > maxOverrides {
		return fmt.Errorf("there are %d overrides; at most %d are possible", len(all), maxOverrides)
	}
	seen := map[[3]string]int{}
	for i, o := range all {
		field := fmt.Sprintf("overrides[%d]", i)
		key := [3]string{o.Name, o.Pattern, o.Op}
		if first, ok := seen[key]; ok {
			return fmt.Errorf("%s concerns the same layers as overrides[%d]: put them together", field, first)
		}
		seen[key] = i
		for _, text := range key {
			if len(text) > maxName || !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) {
				return fmt.Errorf("%s says which layers it concerns in %d bytes, or unprintable ones; %d printable bytes are possible", field, len(text), maxName)
			}
		}
		if given := slices.DeleteFunc(key[:], func(s string) bool { return s == "" }); len(given) != 1 {
			return fmt.Errorf("%s has %d of name, pattern and op; exactly one says which layers it concerns", field, len(given))
		}
		switch {
		case o.Float && (o.Weight != nil || o.Activation != nil):
			return fmt.Errorf("%s keeps layers in float, and has settings for quantizing them: leave out one or the other", field)
		case o.Float && o.Inputs:
			return fmt.Errorf("%s keeps layers in float, and quantizes their inputs: leave out one or the other", field)
		case !o.Float && !o.Inputs && o.Weight == nil && o.Activation == nil:
			return fmt.Errorf("%s changes nothing: give weight, activation, float or inputs", field)
		}
		if o.Weight != nil {
			if err := check(b, field+".weight", *o.Weight, true); err != nil {
				return err
			}
		}
		if o.Activation != nil {
			if err := check(b, field+".activation", *o.Activation, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// Layer is what overrides tell layers by.
type Layer struct {
	Names     []string // its node's, its module's path, which PyTorch's graph writes with underscores
	Types     []string // ONNX operator, kind of module
	Depthwise bool     // a convolution in which each channel is by itself
}

// Rank says how strongly an override concerns a layer: 0 not at all, ByName most.
func (o Override) Rank(l Layer) int {
	switch {
	case o.Name != "":
		return rankIf(slices.ContainsFunc(l.Names, func(n string) bool { return n == o.Name || strings.HasPrefix(n, o.Name+".") }), ByName)
	case o.Pattern != "":
		return rankIf(slices.ContainsFunc(l.Names, func(n string) bool { return match(o.Pattern, n) }), byPattern)
	case o.Op == DepthwiseConv:
		return rankIf(l.Depthwise, byDepthwise)
	}
	return rankIf(slices.Contains(l.Types, o.Op), byType)
}

// Ranks of overrides.
const (
	byType = iota + 1
	byDepthwise
	byPattern
	ByName
)

func rankIf(concerned bool, rank int) int {
	if concerned {
		return rank
	}
	return 0
}

// Strongest is the index of the override that counts for a layer, and its rank, among those that say
// something about a side or keep the layer in float; -1 and 0 if none does.
func Strongest(all []Override, l Layer, weight bool) (index, rank int) {
	index = -1
	for i, o := range all {
		own := o.Activation
		if weight {
			own = o.Weight
		}
		if r := o.Rank(l); r > rank && (o.Float || own != nil) {
			index, rank = i, r
		}
	}
	return index, rank
}

// match tells whether a name is of a pattern, * standing for any characters and ? for one. It takes
// time in proportion to the product of both lengths at most.
func match(pattern, name string) bool {
	star, from := -1, 0 // the last * and where what follows it was tried
	p, n := 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
