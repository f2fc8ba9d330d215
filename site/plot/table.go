package plot

import "strings"

// Table is the numbers of a plot.
type Table struct {
	Head []string
	Rows [][]string
}

// CSV writes the table as RFC 4180 has it: commas, and CRLF behind each line.
func (t Table) CSV() string {
	var b strings.Builder
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			// The page writes a true minus; programs read a hyphen.
			cell = strings.ReplaceAll(cell, "−", "-")
			if strings.ContainsAny(cell, ",\"\r\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}
