package main

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentence is how many characters of an error are shown: a stranger's file may have names without end.
const maxSentence = 1000

// plain spells out what a terminal would act upon instead of showing it: names of nodes and files, and
// what other hosts say, are strangers' text. What is no character, starts escape sequences, ends the
// line or turns the direction of writing becomes an escape of Go's.
func plain(s string) string {
	shown := func(r rune) bool { return unicode.IsGraphic(r) && r != '\u2028' && r != '\u2029' }
	clean := utf8.ValidString(s)
	for _, r := range s {
		clean = clean && shown(r)
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case shown(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// show is fmt.Fprintf with every text among the arguments plain.
func show(w io.Writer, format string, args ...any) {
	for i, a := range args {
		_, speaks := a.(fmt.Stringer)
		if speaks || reflect.ValueOf(a).Kind() == reflect.String {
			args[i] = plain(fmt.Sprint(a))
		}
	}
	fmt.Fprintf(w, format, args...)
}

// oneLine is an error as one sentence on one line, several joined as parts of one.
func oneLine(err error) string {
	var parts []string
	for part := range strings.Lines(err.Error()) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	s := plain(strings.Join(parts, "; "))
	if n := utf8.RuneCountInString(s); n > maxSentence {
		s = string([]rune(s)[:maxSentence]) + "…"
	}
	return s
}

// plainJSON escapes what encoding/json leaves as it is and a terminal acts upon.
func plainJSON(doc []byte) []byte {
	var b []byte
	for _, r := range string(doc) {
		switch {
		case r == '\n' || unicode.IsGraphic(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff: // as two halves
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
