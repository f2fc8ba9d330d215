package lessons

import "strings"

// Block is a paragraph, or an item of a list.
type Block struct {
	Item  bool
	Spans []Span
}

// Span is a stretch of text in one kind of type.
type Span struct {
	Text         string
	Strong, Code bool
}

// Markdown reads what lessons use of it: paragraphs, lists with "- ", **strong** and `code`.
func Markdown(text string) []Block {
	var out []Block
	var open []string
	item := false
	end := func() {
		if len(open) > 0 {
			out = append(out, Block{Item: item, Spans: spans(strings.Join(open, " "))})
		}
		open, item = nil, false
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		rest, listed := strings.CutPrefix(line, "- ")
		if line == "" || listed {
			end()
		}
		if line != "" {
			open, item = append(open, rest), item || listed
		}
	}
	end()
	return out
}

// spans splits a line at its marks; a mark without its other half is text.
func spans(line string) []Span {
	var out []Span
	for line != "" {
		at := strings.IndexAny(line, "*`")
		if at < 0 {
			break
		}
		mark := "`"
		if line[at] == '*' {
			mark = "**"
		}
		rest, marked := strings.CutPrefix(line[at:], mark)
		inside, after, closed := strings.Cut(rest, mark)
		if !marked || !closed || inside == "" {
			out, line = plain(out, line[:at+1]), line[at+1:]
			continue
		}
		out = append(plain(out, line[:at]), Span{Text: inside, Strong: mark == "**", Code: mark == "`"})
		line = after
	}
	return plain(out, line)
}

// plain adds text, to the text before it if that is plain too.
func plain(list []Span, text string) []Span {
	if text == "" {
		return list
	}
	if n := len(list); n > 0 && !list[n-1].Strong && !list[n-1].Code {
		list[n-1].Text += text
		return list
	}
	return append(list, Span{Text: text})
}
