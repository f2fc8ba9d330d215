package mqbench

import (
	"fmt"
	"strings"
)

// section is a dictionary that is read entry by entry, so that what is left is known.
type section struct {
	path string // of its entries, "quantize." or empty
	d    dict
	read map[string]bool
	r    *reader
}

// section takes a dictionary, nil for none.
func (r *reader) section(path string, v any) (*section, error) {
	d, ok := v.(dict)
	if v != nil && !ok {
		return nil, fmt.Errorf("%s is %s, not a dictionary", path, text(v))
	}
	if path != "" {
		path += "."
	}
	return &section{path, d, map[string]bool{}, r}, nil
}

// sub is a section of the section.
func (s *section) sub(key string) (*section, error) { return s.r.section(s.path+key, s.take(key)) }

// has tells whether there is an entry that says something.
func (s *section) has(key string) bool { return s.d.get(key) != nil }

// take reads an entry, nil for none.
func (s *section) take(key string) any {
	s.read[key] = true
	return s.d.get(key)
}

// skip notes the entries that are there, and why they have no meaning here.
func (s *section) skip(why string, keys ...string) {
	var there []string
	for _, k := range keys {
		if s.d.has(k) && !s.read[k] {
			there = append(there, s.path+k)
			s.read[k] = true
		}
	}
	if len(there) > 0 {
		s.r.note("%s: %s.", strings.Join(there, ", "), why)
	}
}

// close notes what nobody has read.
func (s *section) close() {
	var keys []string
	for _, e := range s.d {
		keys = append(keys, e.key)
	}
	s.skip("not known, and left out", keys...)
}

// str reads a string or the last part of a name, "" for none.
func (s *section) str(key string) (string, error) {
	switch v := s.take(key).(type) {
	case nil:
		return "", nil
	case string:
		return last(v), nil
	case name:
		return last(string(v)), nil
	default:
		return "", fmt.Errorf("%s%s is %s, not a name", s.path, key, text(v))
	}
}

// last is the last part of a dotted name.
func last(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// flag reads True or False; ok tells whether it is there.
func (s *section) flag(key string) (value, ok bool, err error) {
	switch v := s.take(key).(type) {
	case nil:
		return false, false, nil
	case bool:
		return v, true, nil
	case int64:
		return v != 0, true, nil
	default:
		return false, false, fmt.Errorf("%s%s is %s, not True or False", s.path, key, text(v))
	}
}

// set is a flag that sets what is at to, if it is there.
func (s *section) set(key string, to *bool) error {
	on, ok, err := s.flag(key)
	if ok {
		*to = on
	}
	return err
}

// whole reads a whole number that may be used as a count; ok tells whether it is there.
func (s *section) whole(key string) (n int, ok bool, err error) {
	x, ok, err := s.number(key)
	if err != nil || !ok {
		return 0, false, err
	}
	if x != float64(int32(x)) {
		return 0, false, fmt.Errorf("%s%s is %v, not a whole number", s.path, key, x)
	}
	return int(x), true, nil
}

// number reads a number; ok tells whether it is there.
func (s *section) number(key string) (x float64, ok bool, err error) {
	switch v := s.take(key).(type) {
	case nil:
		return 0, false, nil
	case int64:
		return float64(v), true, nil
	case float64:
		return v, true, nil
	case string: // the fork writes 'bit': '8'
		var f float64
		if _, err := fmt.Sscan(v, &f); err == nil {
			return f, true, nil
		}
	}
	return 0, false, fmt.Errorf("%s%s is %s, not a number", s.path, key, text(s.d.get(key)))
}

// names reads a list of names, or one; strings are taken as they are written.
func (s *section) names(key string) ([]string, error) {
	v := s.take(key)
	var all list
	switch v := v.(type) {
	case nil:
	case list:
		all = v
	default:
		all = list{v}
	}
	var out []string
	for _, e := range all {
		text, err := keyOf(e)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", s.path, key, err)
		}
		out = append(out, text)
	}
	return out, nil
}
