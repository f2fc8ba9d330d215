package export

import (
	"fmt"
	"strings"
)

// table is a text file of rows: a name and numbers. Lines beginning with # are remarks.
type table struct {
	separator string // between the columns
	rows      []row
}

type row struct {
	name    string // "" for a remark
	remark  string
	numbers []any // float32, int, int32 or string
}

func (t *table) row(name string, numbers ...any) {
	t.rows = append(t.rows, row{name: name, numbers: numbers})
}

func (t *table) remark(text string) { t.rows = append(t.rows, row{remark: text}) }

// document gives the file, after it was parsed and compared with the rows. Columns are found from the
// end of a line, so that names may have blanks.
func (t *table) document() ([]byte, error) {
	var b strings.Builder
	seen := map[string]bool{}
	for _, r := range t.rows {
		if r.name == "" {
			b.WriteString("#" + r.remark + "\n")
			continue
		}
		if seen[r.name] || strings.ContainsAny(r.name, "\n\r") || strings.HasPrefix(r.name, "#") {
			return nil, fmt.Errorf("a tensor is called %q, which a line of this file cannot hold, or holds twice", r.name)
		}
		seen[r.name] = true
		b.WriteString(r.name)
		for _, n := range r.numbers {
			text, ok := n.(string)
			if !ok {
				text = scalar(n)
			}
			b.WriteString(t.separator + text)
		}
		b.WriteByte('\n')
	}
	doc := b.String()
	return []byte(doc), t.same(doc)
}

func (t *table) same(doc string) error {
	lines := strings.Split(strings.TrimSuffix(doc, "\n"), "\n")
	if doc == "" {
		lines = nil
	}
	if len(lines) != len(t.rows) {
		return fmt.Errorf("the table has %d lines, not %d", len(lines), len(t.rows))
	}
	for i, r := range t.rows {
		line := lines[i]
		if r.name == "" {
			if line != "#"+r.remark {
				return fmt.Errorf("line %d does not read back", i+1)
			}
			continue
		}
		for k := len(r.numbers) - 1; k >= 0; k-- {
			at := strings.LastIndex(line, t.separator)
			if at < 0 {
				return fmt.Errorf("line %d has too few columns", i+1)
			}
			text := line[at+len(t.separator):]
			line = line[:at]
			if s, ok := r.numbers[k].(string); ok {
				if s != text {
					return fmt.Errorf("line %d: %q, not %q", i+1, text, s)
				}
			} else if err := sameNumber(r.numbers[k], text); err != nil {
				return fmt.Errorf("line %d: %s, not %v: %w", i+1, text, r.numbers[k], err)
			}
		}
		if line != r.name {
			return fmt.Errorf("line %d is of %q, not of %q", i+1, line, r.name)
		}
	}
	return nil
}
