package weights

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// named is a tensor as a pickle has it.
type named struct {
	name string
	made *object
}

// collect finds the state of a network in what a pickle made, and reads its tensors: the dict with the most of them,
// wherever in a checkpoint it is, or the parameters and buffers of a whole module.
func (d *Dict) collect(root any, from storages) error {
	w := &walk{spare: mostVisits}
	w.look(root, 0)
	if w.spare < 0 {
		return fmt.Errorf("%s: it refers to the same data too often", d.Format)
	}
	for _, n := range w.best {
		t, err := d.tensor(n.made, from)
		if err == nil {
			err = d.add(n.name, t)
		}
		if err != nil {
			return fmt.Errorf("%s: tensor %.100q: %w", d.Format, n.name, err)
		}
	}
	return nil
}

// walk looks for states; spare bounds its steps, since a pickle may refer to one thing many times.
type walk struct {
	spare int
	best  []named
}

const (
	mostVisits = 1 << 20
	deepest    = 12
)

func (w *walk) look(v any, depth int) {
	if w.spare--; w.spare < 0 || depth > deepest {
		return
	}
	switch v := v.(type) {
	case *mapping:
		var found []named
		for i, x := range v.values {
			key, ok := v.keys[i].(string)
			if o := tensorOf(x); o != nil && ok {
				found = append(found, named{key, o})
			} else {
				w.look(x, depth+1)
			}
		}
		w.keep(found)
	case *sequence:
		for _, x := range v.items {
			w.look(x, depth+1)
		}
	case *object:
		var found []named
		w.module(v, "", depth, &found)
		w.keep(found)
	}
}

func (w *walk) keep(found []named) {
	if w.spare -= len(found); len(found) > len(w.best) {
		w.best = found
	}
}

// module gathers the parameters and buffers of a module and those in it, under the names that state_dict gives them.
func (w *walk) module(o *object, prefix string, depth int, found *[]named) {
	state, ok := o.state.(*mapping)
	if w.spare--; !ok || w.spare < 0 || depth > deepest || len(prefix) > longestName {
		return
	}
	for i, k := range state.keys {
		part, ok := state.values[i].(*mapping)
		if !ok || k != "_parameters" && k != "_buffers" && k != "_modules" {
			continue
		}
		for j, x := range part.values {
			name, _ := part.keys[j].(string)
			if w.spare--; w.spare < 0 {
				return
			}
			if o := tensorOf(x); o != nil {
				*found = append(*found, named{prefix + name, o})
			} else if child, ok := x.(*object); ok {
				w.module(child, prefix+name+".", depth+1, found)
			}
		}
	}
}

// tensorOf is what makes a tensor; nil where v is none.
func tensorOf(v any) *object {
	o, ok := v.(*object)
	for range 3 { // a parameter is a tensor in a call
		if !ok {
			return nil
		}
		switch o.class {
		case global("torch._utils._rebuild_tensor_v2"), global("torch._utils._rebuild_tensor"):
			return o
		case global("torch._utils._rebuild_parameter"), global("torch.nn.parameter.Parameter"):
			if len(o.args) == 0 {
				return nil
			}
			o, ok = o.args[0].(*object)
		default:
			return nil
		}
	}
	return nil
}

var errTensor = errors.New("it is written in a way that is not known")

// storage reads an id: ("storage", type, key, machine, number of elements, …).
func storage(id any) (element, string, bool) {
	s, ok := id.(*sequence)
	if !ok || len(s.items) < 5 {
		return element{}, "", false
	}
	class, _ := s.items[1].(global)
	key, ok := s.items[2].(string)
	i := slices.IndexFunc(types, func(e element) bool { return "torch."+e.torch == string(class) })
	if !ok || i < 0 {
		return element{}, key, false
	}
	return types[i], key, true
}

// widths are the bytes of an element of each storage, by its key.
func (p *pickle) widths() map[string]int {
	w := map[string]int{}
	for _, id := range p.ids {
		if e, key, ok := storage(id); ok {
			w[key] = e.width
		}
	}
	return w
}

// tensor reads _rebuild_tensor_v2(storage, offset, size, stride, …). Elements that lie in another order than the
// tensor's are copied into it.
func (d *Dict) tensor(o *object, from storages) (*onnx.Tensor, error) {
	if len(o.args) < 4 {
		return nil, errTensor
	}
	outside, ok := o.args[0].(*persistent)
	offset, ok2 := o.args[1].(int64)
	shape, ok3 := numbers(o.args[2])
	strides, ok4 := numbers(o.args[3])
	if !ok || !ok2 || !ok3 || !ok4 || offset < 0 || len(shape) != len(strides) {
		return nil, errTensor
	}
	e, key, ok := storage(outside.id)
	if !ok {
		return nil, errors.New("the type of its elements is not supported")
	}
	raw, err := from(key)
	if err != nil {
		return nil, err
	}
	n, end, ordered := int64(1), offset, true
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] < 0 || strides[i] < 0 || shape[i] > int64(len(raw))+1 || strides[i] > int64(len(raw))+1 {
			return nil, errOutside
		}
		ordered = ordered && (shape[i] == 1 || strides[i] == n)
		if shape[i] > 0 && n > int64(d.spare)/int64(e.width)/shape[i] {
			return nil, errOutside
		}
		n *= shape[i]
		if end += (shape[i] - 1) * strides[i]; shape[i] > 0 && end > int64(len(raw)) {
			return nil, errOutside
		}
	}
	switch have := int64(len(raw) / e.width); {
	case n == 0:
		return sized(e.typ, e.width, shape, nil)
	case end >= have || offset >= have:
		return nil, errOutside
	case ordered:
		at := int(offset) * e.width
		return sized(e.typ, e.width, shape, raw[at:at+int(n)*e.width])
	}
	out, index, at := make([]byte, 0, int(n)*e.width), make([]int64, len(shape)), offset
	for range n {
		out = append(out, raw[int(at)*e.width:int(at+1)*e.width]...)
		for i := len(shape) - 1; i >= 0; i-- {
			at += strides[i]
			if index[i]++; index[i] < shape[i] {
				break
			}
			at -= strides[i] * shape[i]
			index[i] = 0
		}
	}
	return sized(e.typ, e.width, shape, out)
}

var errOutside = errors.New("it lies outside its storage, which may be cut off")

// numbers are those of a tuple.
func numbers(v any) ([]int64, bool) {
	s, ok := v.(*sequence)
	if !ok || len(s.items) > 16 {
		return nil, false
	}
	list := make([]int64, len(s.items))
	for i, x := range s.items {
		if list[i], ok = x.(int64); !ok {
			return nil, false
		}
	}
	return list, true
}
