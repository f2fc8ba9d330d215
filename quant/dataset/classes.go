package dataset

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// The 1000 WordNet ids of ILSVRC 2012, ascending, one per line without the leading n. A network
// trained on ImageNet numbers its classes in this order. Only the ids are here, which is what
// folders and files of ImageNet are named by; names of the classes come with a class list (see
// ParseClasses) or from the files' own names.
//
//go:embed imagenet_wnids.txt
var imagenetIDs string

// Classes are the classes of a network in the order of their indices.
type Classes struct {
	Names []string // may be "" where unknown

	byWnid map[string]int
	byName map[string]int // by plain name
}

// Name is a class's name, or its number where the name is unknown. c may be nil.
func (c *Classes) Name(i int) string {
	if c != nil && i >= 0 && i < len(c.Names) && c.Names[i] != "" {
		return c.Names[i]
	}
	return strconv.Itoa(i)
}

// wnid gives the index of a WordNet id such as n01440764.
func (c *Classes) wnid(id string) (int, bool) {
	if c == nil {
		return 0, false
	}
	i, ok := c.byWnid[id]
	return i, ok
}

// ImageNet gives the 1000 classes by WordNet id, without names.
func ImageNet() *Classes {
	c := &Classes{byWnid: map[string]int{}}
	for i, id := range strings.Fields(imagenetIDs) {
		c.byWnid["n"+id] = i
		c.Names = append(c.Names, "")
	}
	return c
}

// ParseClasses reads a class list: one class per line, "name", "wnid name" or "index wnid name"
// (index and wnid each optional), in the order of the indices. Empty lines are skipped.
func ParseClasses(text string) (*Classes, error) {
	c := &Classes{byWnid: map[string]int{}, byName: map[string]int{}}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		name := strings.TrimSpace(line)
		if name == "" {
			continue
		}
		i := len(c.Names)
		if first, rest, found := cutField(name); found {
			if n, err := strconv.Atoi(first); err == nil {
				if n != i {
					return nil, fmt.Errorf("line %d has index %d where %d follows", number, n, i)
				}
				name = rest
			}
		}
		if first, rest, _ := cutField(name); isWnid(first) {
			if _, twice := c.byWnid[first]; twice {
				return nil, fmt.Errorf("line %d repeats %s", number, first)
			}
			c.byWnid[first] = i
			name = rest
		}
		c.Names = append(c.Names, name)
		if _, twice := c.byName[plain(name)]; !twice { // ImageNet has two cranes; the first has the name
			c.byName[plain(name)] = i
		}
	}
	if len(c.Names) == 0 {
		return nil, fmt.Errorf("the class list is empty")
	}
	return c, nil
}

// cutField splits at the first run of white space.
func cutField(s string) (first, rest string, found bool) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimLeft(s[i:], " \t"), true
}

// isWnid recognises n and eight digits.
func isWnid(s string) bool {
	return len(s) == 9 && s[0] == 'n' && strings.Trim(s[1:], "0123456789") == ""
}

// plain makes "Great white-shark" and "great_white_shark" one name.
func plain(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '.' || r == '\t'
	}), "_")
}

// listed makes Classes of names in their order.
func listed(names []string) *Classes {
	c := &Classes{Names: names, byName: map[string]int{}}
	for i, n := range names {
		c.byName[n] = i
	}
	return c
}

// index finds a class by wnid, name or number; -1 if it is none of the class list.
func (c *Classes) index(text string) int {
	if i, ok := c.byWnid[text]; ok {
		return i
	}
	if i, ok := c.byName[text]; ok {
		return i
	}
	if i, ok := c.byName[plain(text)]; ok {
		return i
	}
	if i, err := strconv.Atoi(text); err == nil && i >= 0 && i <= maxClass && (len(c.Names) == 0 || i < len(c.Names)) {
		return i
	}
	return -1
}

func (c *Classes) has(text string) bool { return text != "" && c.index(text) >= 0 }
