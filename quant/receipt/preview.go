package receipt

import (
	"fmt"
	"html"
	"strings"
	"unicode"
)

// Preview is HTML for the head of a page that shows the receipt: its title, and what other sites show of a link to it
// (Open Graph). It says what the receipt reports; foreign text is quoted.
func (r *Receipt) Preview() []byte {
	name := "model " + r.Model.SHA256[:8]
	if r.Model.Name != "" {
		name = Quoted(r.Model.Name)
	}
	if r.Recipe.Name != "" {
		name += ", recipe " + Quoted(r.Recipe.Name)
	}
	title := html.EscapeString(name + ": " + r.Metrics.badge())
	const about = "Reported by the sender. With your own copy of the model you can compute it again, in your browser, and see every layer match."
	return fmt.Appendf(nil, `<title>%s · Quantscope</title>
<meta property="og:type" content="website">
<meta property="og:site_name" content="Quantscope">
<meta property="og:title" content="%s">
<meta property="og:description" content="%s">
`, title, title, about)
}

// maxQuoted is how many letters of a stranger's text a sentence of the page takes.
const maxQuoted = 48

// Quoted is a stranger's text as it may stand in a sentence of the page: cut off, and in quotation marks
// that it cannot close.
func Quoted(s string) string {
	letters := []rune(strings.Map(func(c rune) rune {
		switch {
		case unicode.In(c, unicode.Quotation_Mark):
			return '\''
		case !unicode.IsPrint(c):
			return -1
		}
		return c
	}, s))
	if len(letters) > maxQuoted {
		letters = append(letters[:maxQuoted], '…')
	}
	return "“" + string(letters) + "”"
}
