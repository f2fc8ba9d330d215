package recipe

import "slices"

// FloatBits is the number of bits that stands for a layer kept in float.
const FloatBits = 32

// Mixed is r with so many bits for the weights of each layer, and for its activations where they get the same. What r
// said of these layers by name is replaced.
func (r Recipe) Mixed(layers []string, bits []int, activations bool) Recipe {
	overrides := slices.DeleteFunc(slices.Clone(r.Overrides), func(o Override) bool { return slices.Contains(layers, o.Name) })
	for i, name := range layers {
		o := Override{Name: name, Float: bits[i] == FloatBits}
		if !o.Float {
			w := r.Weight
			w.Scheme.Bits = bits[i]
			o.Weight = &w
			if activations {
				a := r.Activation
				a.Scheme.Bits = bits[i]
				o.Activation = &a
			}
		}
		overrides = append(overrides, o)
	}
	r.Overrides = overrides
	return r
}
