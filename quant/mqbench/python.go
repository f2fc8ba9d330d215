package mqbench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// python reads the literals of Python, of which JSON is a subset: one value, or a file in which some are assigned
// to names, which later ones may use, and given to prepare_by_platform. dict(a=1) is a dictionary; a name that is
// not assigned stands for itself. Nothing is run: other statements are passed over.
type python struct {
	text   string
	at     int
	values int
	vars   dict
	used   map[string]bool // variables that later ones have taken in
	lines  []string        // numbers of those passed over
}

// computed is what an expression would give if it were run; it is the beginning of its text.
type computed string

// parsePython gives the value, or the dictionary of what was assigned, and a note on what was passed over.
func parsePython(text string) (v any, skipped []string, err error) {
	p := &python{text: text, used: map[string]bool{}}
	for p.space(); p.at < len(p.text) && !p.literal(); p.space() {
		if err := p.statement(); err != nil {
			return nil, nil, p.locate(err)
		}
	}
	if p.at < len(p.text) && p.vars == nil && p.lines == nil {
		v, err = p.item(0)
		if p.space(); err == nil && p.at < len(p.text) {
			err = fmt.Errorf("%s follows after the value", p.here())
		}
		if err != nil {
			return nil, nil, p.locate(err)
		}
		return v, nil, nil
	}
	for p.space(); p.at < len(p.text); p.space() {
		if err := p.statement(); err != nil {
			return nil, nil, p.locate(err)
		}
	}
	if len(p.lines) > 0 {
		more := ""
		if len(p.lines) > mostLines {
			p.lines, more = p.lines[:mostLines], " …"
		}
		skipped = []string{fmt.Sprintf("Statements are not run: line %s%s; read is what is assigned, and given to prepare_by_platform.", strings.Join(p.lines, ", "), more)}
	}
	return slices.DeleteFunc(p.vars, func(e entry) bool { return p.used[e.key] }), skipped, nil
}

// locate says at which line an error is.
func (p *python) locate(err error) error {
	return fmt.Errorf("line %d: %w", 1+strings.Count(p.text[:min(p.at, len(p.text))], "\n"), err)
}

// here is what stands at the reader, for a message.
func (p *python) here() string {
	if p.at >= len(p.text) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return strconv.QuoteRune(r)
}

// space skips white space and comments.
func (p *python) space() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '#':
			p.comment()
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\\':
			p.at++
		default:
			return
		}
	}
}

// comment passes over what is left of a line.
func (p *python) comment() {
	end := strings.IndexByte(p.text[p.at:], '\n')
	if end < 0 {
		end = len(p.text) - p.at
	}
	p.at += end
}

// assigns tells whether an assignment comes next.
func (p *python) assigns() bool {
	word := p.word()
	rest := strings.TrimLeft(p.text[p.at+len(word):], " \t")
	return word != "" && !strings.Contains(word, ".") && strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==")
}

// literal tells whether the value comes next that is all of a document.
func (p *python) literal() bool {
	return strings.IndexByte("{[(", p.text[p.at]) >= 0 || p.word() == "dict" && !p.assigns()
}

func (p *python) assignment() error {
	key := p.word()
	p.at += len(key)
	p.space()
	p.at++ // =
	p.blank()
	v, err := p.expression()
	if err != nil {
		return err
	}
	if prepared, ok := v.(prepare); ok {
		return p.given(prepared)
	}
	return p.set(key, v)
}

// set sets a variable. What is computed takes the place of what was, and gives way; of two values one would be lost.
func (p *python) set(key string, v any) error {
	if i := slices.IndexFunc(p.vars, func(e entry) bool { return e.key == key }); i >= 0 {
		_, is := v.(computed)
		if _, was := p.vars[i].value.(computed); is || was {
			p.vars[i].value = v
			delete(p.used, key)
			return nil
		}
	}
	var err error
	p.vars, err = p.vars.with(key, v)
	return err
}

// word is the dotted identifier that comes next, "" for none.
func (p *python) word() string {
	end := p.at
	for end < len(p.text) {
		c := p.text[end]
		if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || end > p.at && (c == '.' || c >= '0' && c <= '9') {
			end++
			continue
		}
		break
	}
	return p.text[p.at:end]
}

func (p *python) value(depth int) (any, error) {
	p.space()
	if p.values++; p.values > maxValues || depth > maxDepth {
		return nil, fmt.Errorf("more than %d values, or %d levels, are no configuration", maxValues, maxDepth)
	}
	if p.at >= len(p.text) {
		return nil, fmt.Errorf("a value is missing at the end")
	}
	switch c := p.text[p.at]; {
	case c == '{':
		return p.braces(depth)
	case c == '[':
		return p.sequence(']', depth)
	case c == '(':
		return p.parentheses(depth)
	case c == '"' || c == '\'':
		return p.quoted()
	case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9':
		return p.number()
	}
	word := p.word()
	switch word {
	case "":
		return nil, fmt.Errorf("%s begins no value", p.here())
	case "r", "u", "b", "R", "U", "B":
		if next := p.at + 1; next < len(p.text) && (p.text[next] == '"' || p.text[next] == '\'') {
			p.at++
			return p.quoted()
		}
	}
	p.at += len(word)
	switch word {
	case "True", "true":
		return true, nil
	case "False", "false":
		return false, nil
	case "None", "null":
		return nil, nil
	}
	if p.blank(); p.at < len(p.text) && p.text[p.at] == '(' {
		return p.call(word, depth)
	}
	for _, v := range p.vars {
		if v.key == word {
			p.used[word] = true
			return v.value, nil
		}
	}
	return name(word), nil
}

// item is a value inside another, which must be there as it is.
func (p *python) item(depth int) (any, error) {
	v, err := p.value(depth)
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case computed, prepare:
		return nil, fmt.Errorf("%s is computed: write its value", text(v))
	}
	return v, nil
}

// call reads dict(a=1) as a dictionary, and list(…), tuple(…) and set(…) as what they hold.
func (p *python) call(function string, depth int) (any, error) {
	from := p.at
	p.at++ // (
	switch last(function) {
	case "list", "tuple", "set", "OrderedDict":
		v, err := p.item(depth + 1)
		if err != nil {
			return nil, err
		}
		return v, p.expect(')')
	case "dict":
	case "prepare_by_platform":
		return p.prepare(depth)
	default:
		p.at = from
		return computed(function + "(…)"), p.brackets()
	}
	var d dict
	for {
		p.space()
		if p.accept(')') {
			return d, nil
		}
		key := p.word()
		if key == "" {
			return nil, fmt.Errorf("%s is not a name of an entry of dict(…)", p.here())
		}
		p.at += len(key)
		if err := p.expect('='); err != nil {
			return nil, err
		}
		v, err := p.item(depth + 1)
		if err != nil {
			return nil, err
		}
		if d, err = d.with(key, v); err != nil {
			return nil, err
		}
		if p.space(); !p.accept(',') {
			return d, p.expect(')')
		}
	}
}

// braces reads a dictionary or a set.
func (p *python) braces(depth int) (any, error) {
	p.at++
	var d dict
	var set list
	for {
		if p.space(); p.accept('}') {
			break
		}
		k, err := p.item(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.space(); p.accept(':') && set == nil {
			v, err := p.item(depth + 1)
			if err != nil {
				return nil, err
			}
			key, err := keyOf(k)
			if err != nil {
				return nil, err
			}
			if d, err = d.with(key, v); err != nil {
				return nil, err
			}
		} else if d != nil {
			return nil, fmt.Errorf("%s stands where the colon behind %s should be", p.here(), text(k))
		} else {
			set = append(set, k)
		}
		if p.space(); !p.accept(',') {
			if err := p.expect('}'); err != nil {
				return nil, err
			}
			break
		}
	}
	if set != nil {
		return set, nil
	}
	return d, nil
}

// keyOf is a key as a string.
func keyOf(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case name:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case list: // (torch.nn.ReLU, torch.nn.Conv2d)
		parts := make([]string, len(v))
		for i, e := range v {
			part, err := keyOf(e)
			if err != nil {
				return "", err
			}
			parts[i] = part
		}
		return "(" + strings.Join(parts, ", ") + ")", nil
	}
	return "", fmt.Errorf("%s is not a key", text(v))
}

// with adds an entry; a key that stands twice is an error, for one of both would be lost.
func (d dict) with(key string, v any) (dict, error) {
	for _, e := range d {
		if e.key == key {
			return nil, fmt.Errorf("the key %q stands twice", key)
		}
	}
	return append(d, entry{key, v}), nil
}

func (p *python) sequence(end byte, depth int) (list, error) {
	p.at++
	out := list{}
	for {
		if p.space(); p.accept(end) {
			return out, nil
		}
		v, err := p.item(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.space(); !p.accept(',') {
			return out, p.expect(end)
		}
	}
}

// parentheses reads a tuple, or one value in parentheses.
func (p *python) parentheses(depth int) (any, error) {
	from := p.at
	v, err := p.sequence(')', depth)
	if err != nil || len(v) != 1 {
		return v, err
	}
	if inside := strings.TrimRight(p.text[from:p.at-1], " \t\r\n"); strings.HasSuffix(inside, ",") {
		return v, nil
	}
	return v[0], nil
}

func (p *python) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *python) expect(c byte) error {
	if p.space(); !p.accept(c) {
		return fmt.Errorf("%s stands where %q should be", p.here(), string(c))
	}
	return nil
}

// quoted reads a string; strings that follow each other are one, as in Python.
func (p *python) quoted() (any, error) {
	var b strings.Builder
	for {
		quote := p.text[p.at : p.at+1]
		if long := strings.Repeat(quote, 3); strings.HasPrefix(p.text[p.at:], long) {
			quote = long
		}
		p.at += len(quote)
		for !strings.HasPrefix(p.text[p.at:], quote) {
			if p.at >= len(p.text) || len(quote) == 1 && p.text[p.at] == '\n' {
				return nil, fmt.Errorf("a string is not closed")
			}
			if p.text[p.at] != '\\' {
				b.WriteByte(p.text[p.at])
				p.at++
				continue
			}
			if err := p.escape(&b); err != nil {
				return nil, err
			}
		}
		p.at += len(quote)
		end := p.at
		if p.space(); p.at >= len(p.text) || p.text[p.at] != '"' && p.text[p.at] != '\'' {
			p.at = end
			return b.String(), nil
		}
	}
}

// escape reads a backslash and what it stands for.
func (p *python) escape(b *strings.Builder) error {
	rest := p.text[p.at:]
	if len(rest) < 2 {
		return fmt.Errorf("a string is not closed")
	}
	if c := rest[1]; c == '\n' || c == '/' { // a line that goes on; JSON
		if c == '/' {
			b.WriteByte('/')
		}
		p.at += 2
		return nil
	}
	r, _, tail, err := strconv.UnquoteChar(rest, rest[1])
	if err != nil {
		return fmt.Errorf("%q is not an escape sequence", rest[:2])
	}
	b.WriteRune(r)
	p.at += len(rest) - len(tail)
	return nil
}

func (p *python) number() (any, error) {
	end := p.at + 1
	for end < len(p.text) && strings.IndexByte("0123456789abcdefxABCDEFX_.+-oO", p.text[end]) >= 0 {
		if c := p.text[end]; (c == '+' || c == '-') && p.text[end-1] != 'e' && p.text[end-1] != 'E' {
			break
		}
		end++
	}
	word := p.text[p.at:end]
	if i, err := strconv.ParseInt(word, 0, 64); err == nil {
		p.at = end
		return i, nil
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(word, "_", ""), 64)
	if err != nil {
		return nil, fmt.Errorf("%q is not a number", word[:min(len(word), 40)])
	}
	p.at = end
	return f, nil
}
