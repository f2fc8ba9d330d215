package receipt

import (
	"fmt"
	"strings"
)

// maxSource bounds the link to a model, in bytes.
const maxSource = 400

// CheckSource tells whether a link may stand in Model.Source, where a page makes it one to press: it leads over http or
// https to a host, and it is in plain letters, so that a reader sees where it leads. A model's own link is never
// followed by a program.
func CheckSource(link string) error {
	rest, ok := strings.CutPrefix(link, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(link, "http://")
	}
	switch at := strings.IndexFunc(link, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune("\"'<>\\`{}|^", c) }); {
	case !ok:
		return fmt.Errorf("the source is %s; it must be a link that begins with https:// or http://", Quoted(link))
	case len(link) > maxSource:
		return fmt.Errorf("the source has %d characters; up to %d are taken", len(link), maxSource)
	case at >= 0:
		return fmt.Errorf("the source has the character %q, which a link writes with %%", []rune(link[at:])[0])
	}
	host := hostOf(rest)
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]") != "" || strings.Trim(host, ".-:[]") == "" {
		return fmt.Errorf("the source leads to no host: write https://HOST/PATH, without a name or password before it")
	}
	return nil
}

// hostOf is the host of a link without its scheme, with the port.
func hostOf(rest string) string {
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// SourceHost is the host that Model.Source leads to.
func (m Model) SourceHost() string {
	_, rest, _ := strings.Cut(m.Source, "://")
	return hostOf(rest)
}
