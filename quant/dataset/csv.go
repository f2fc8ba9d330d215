package dataset

import (
	"encoding/csv"
	"fmt"
	"io"
	"path"
	"strings"
)

// parseCSV reads rows of file name and label (class name, wnid or index) into a table by name.
// Separator comma, semicolon or tab; further columns and a heading do no harm.
func parseCSV(text string) (map[string]string, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	first, _, _ := strings.Cut(text, "\n")
	for _, separator := range ",;\t" {
		if strings.ContainsRune(first, separator) {
			r.Comma = separator
			break
		}
	}
	table := map[string]string{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(row) < 2 {
			return nil, fmt.Errorf("line %d has no label; rows are file name, label", line)
		}
		name := path.Clean(strings.ReplaceAll(strings.TrimSpace(row[0]), `\`, "/"))
		label := strings.TrimSpace(row[1])
		if old, twice := table[name]; twice && old != label {
			return nil, fmt.Errorf("line %d labels %s %q, an earlier line %q", line, name, label, old)
		}
		table[name] = label
	}
	return table, nil
}

// lookup finds a file's label by its name, by ever shorter ends of its path, and without extension.
func lookup(table map[string]string, f File) string {
	name := path.Clean(f.Name)
	for {
		if l, ok := table[name]; ok {
			return l
		}
		_, rest, found := strings.Cut(name, "/")
		if !found {
			return table[f.base()]
		}
		name = rest
	}
}
