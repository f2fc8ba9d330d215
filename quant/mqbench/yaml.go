package mqbench

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document.
func parseYAML(text string) (any, error) {
	d := yaml.NewDecoder(strings.NewReader(text))
	var n yaml.Node
	if err := d.Decode(&n); err != nil {
		return nil, err
	}
	var more yaml.Node
	if d.Decode(&more) == nil {
		return nil, fmt.Errorf("line %d: a second document follows", more.Line)
	}
	left := maxValues
	return fromYAML(&n, 0, &left)
}

// fromYAML gives the value of a node. left is how many values there may still be: aliases may stand for
// very many.
func fromYAML(n *yaml.Node, depth int, left *int) (any, error) {
	if *left--; *left < 0 || depth > maxDepth {
		return nil, fmt.Errorf("line %d: more than %d values, or %d levels, are no configuration", n.Line, maxValues, maxDepth)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return fromYAML(n.Content[0], depth, left)
	case yaml.AliasNode:
		return fromYAML(n.Alias, depth+1, left)
	case yaml.SequenceNode:
		out := list{}
		for _, c := range n.Content {
			v, err := fromYAML(c, depth+1, left)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case yaml.MappingNode:
		var d, merged dict
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := fromYAML(n.Content[i+1], depth+1, left)
			if err != nil {
				return nil, err
			}
			if n.Content[i].Tag == "!!merge" {
				base, ok := v.(dict)
				if !ok {
					return nil, fmt.Errorf("line %d: only a dictionary can be merged", n.Content[i].Line)
				}
				merged = append(merged, base...)
				continue
			}
			if d, err = d.with(n.Content[i].Value, v); err != nil {
				return nil, fmt.Errorf("line %d: %w", n.Content[i].Line, err)
			}
		}
		for _, e := range merged { // what stands here itself is stronger
			if !d.has(e.key) {
				d = append(d, e)
			}
		}
		return d, nil
	}
	return scalarYAML(n)
}

func scalarYAML(n *yaml.Node) (any, error) {
	var err error
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err = n.Decode(&b)
		return b, err
	case "!!int":
		var i int64
		err = n.Decode(&i)
		return i, err
	case "!!float":
		var f float64
		err = n.Decode(&f)
		return f, err
	}
	return n.Value, nil
}
