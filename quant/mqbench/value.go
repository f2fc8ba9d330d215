package mqbench

import (
	"fmt"
	"slices"
)

// A value of a configuration is nil, a bool, an int64, a float64, a string, a name, a list or a dict,
// or computed.

// name is an identifier of Python that stands for itself: torch.nn.functional.sigmoid.
type name string

// list is a list, a tuple or a set.
type list []any

// dict keeps its entries in their order.
type dict []entry

type entry struct {
	key   string
	value any
}

// get is the value of a key, nil if there is none.
func (d dict) get(key string) any {
	for _, e := range d {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

func (d dict) has(key string) bool {
	return slices.ContainsFunc(d, func(e entry) bool { return e.key == key })
}

// Bounds of what is read: configurations have a few hundred values, a few levels deep.
const (
	maxBytes  = 1 << 20
	maxDepth  = 64
	maxValues = 1 << 16
)

// text is how a value is quoted in a note, at most so long.
func text(v any) string {
	const most = 60
	s := ""
	switch v := v.(type) {
	case nil:
		return "nothing"
	case name:
		s = string(v)
	case computed:
		s = string(v)
	case prepare:
		s = "prepare_by_platform(…)"
	case dict:
		return fmt.Sprintf("a dictionary of %d entries", len(v))
	case list:
		return fmt.Sprintf("a list of %d", len(v))
	default:
		s = fmt.Sprintf("%#v", v)
	}
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
