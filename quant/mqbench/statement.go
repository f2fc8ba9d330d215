package mqbench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// prepare is what prepare_by_platform is given: backend and dictionaries, nil for none.
type prepare struct{ backend, dicts any }

// mostLines is how many lines a note names.
const mostLines = 8

// statement reads an assignment or a call of prepare_by_platform, and passes over any other.
func (p *python) statement() error {
	if p.assigns() {
		return p.assignment()
	}
	from := p.at
	switch word := p.word(); last(word) {
	case "import", "from":
		return p.rest()
	case "prepare_by_platform":
		v, err := p.expression()
		if err != nil {
			return err
		}
		if prepared, ok := v.(prepare); ok {
			return p.given(prepared)
		}
	}
	p.at = from
	if c := p.text[p.at]; c != '"' && c != '\'' && len(p.lines) <= mostLines { // a string by itself is a comment
		p.lines = append(p.lines, strconv.Itoa(1+strings.Count(p.text[:p.at], "\n")))
	}
	if err := p.rest(); err != nil {
		return err
	}
	for { // what is indented belongs to it
		end := p.at
		for p.at < len(p.text) && strings.IndexByte("\r\n", p.text[p.at]) >= 0 {
			p.at++
		}
		if p.at >= len(p.text) || strings.IndexByte(" \t#", p.text[p.at]) < 0 {
			p.at = max(end, p.at)
			return nil
		}
		if err := p.rest(); err != nil {
			return err
		}
	}
}

// expression reads the right side of an assignment, which goes to the end of the line: what is more than a value
// is computed.
func (p *python) expression() (any, error) {
	from := p.at
	word := last(p.word())
	must := p.at >= len(p.text) || word == "dict" || word == "prepare_by_platform" || strings.IndexByte("{[(\"'\r\n", p.text[p.at]) >= 0
	v, err := p.value(0)
	if err != nil && must {
		return nil, err
	}
	p.blank()
	if err == nil && p.accept(';') {
		return v, nil
	}
	if err != nil { // -x, not x
		p.at = from
	}
	if err != nil || p.at < len(p.text) && strings.IndexByte("#\r\n", p.text[p.at]) < 0 {
		err := p.rest()
		return computed(strings.TrimSpace(p.text[from:p.at])), err
	}
	return v, nil
}

// prepare reads the arguments of prepare_by_platform(model, backend, dictionaries …), whose model may be
// anything.
func (p *python) prepare(depth int) (any, error) {
	var to prepare
	for at := 0; ; at++ {
		if p.space(); p.accept(')') {
			return to, nil
		}
		key := ""
		if p.assigns() {
			key = p.word()
			p.at += len(key)
			p.space()
			p.at++ // =
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.space(); p.at < len(p.text) && strings.IndexByte(",)", p.text[p.at]) < 0 { // backends[name]
			if err := p.argument(); err != nil {
				return nil, err
			}
			v = computed("its argument")
		}
		_, unknown := v.(computed)
		switch {
		case key == "" && at == 1, key == "deploy_backend":
			to.backend = v
		case key == "" && at == 2, key == "prepare_custom_config_dict":
			to.dicts = v
		default:
			unknown = false
		}
		if unknown {
			return nil, fmt.Errorf("%s is computed: write its value", text(v))
		}
		if p.space(); !p.accept(',') {
			return to, p.expect(')')
		}
	}
}

// argument passes over what is left of one.
func (p *python) argument() error {
	for p.space(); p.at < len(p.text) && strings.IndexByte(",)", p.text[p.at]) < 0; p.space() {
		switch c := p.text[p.at]; c {
		case '(', '[', '{':
			if err := p.brackets(); err != nil {
				return err
			}
		case '"', '\'':
			if err := p.passString(); err != nil {
				return err
			}
		default:
			p.at++
		}
	}
	return nil
}

// given sets what prepare_by_platform was given, as if it were assigned.
func (p *python) given(to prepare) error {
	for _, g := range []entry{{"backend", to.backend}, {"prepare_custom_config_dict", to.dicts}} {
		if g.value == nil {
			continue
		}
		p.vars = slices.DeleteFunc(p.vars, func(e entry) bool { return e.key == g.key && p.used[e.key] })
		delete(p.used, g.key)
		if err := p.set(g.key, g.value); err != nil {
			return err
		}
	}
	return nil
}

// blank skips white space within a line.
func (p *python) blank() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t' || strings.HasPrefix(p.text[p.at:], "\\\n")) {
		p.at++
		if p.text[p.at-1] == '\\' {
			p.at++
		}
	}
}

// rest passes over what is left of a statement: to the end of the line, and over brackets and strings, which may
// go on behind it.
func (p *python) rest() error {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '\n':
			return nil
		case '#':
			p.comment()
			return nil
		case '"', '\'':
			if err := p.passString(); err != nil {
				return err
			}
		case '(', '[', '{':
			if err := p.brackets(); err != nil {
				return err
			}
		default:
			p.at++
		}
	}
	return nil
}

// brackets passes over a pair of brackets and what is in it.
func (p *python) brackets() error {
	depth := 0
	for p.space(); p.at < len(p.text); p.space() {
		switch c := p.text[p.at]; c {
		case '"', '\'':
			if err := p.passString(); err != nil {
				return err
			}
			continue
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if p.at++; depth == 0 {
			return nil
		}
	}
	return fmt.Errorf("a bracket is not closed")
}

// passString passes over a string, whatever its escape sequences are.
func (p *python) passString() error {
	quote := p.text[p.at : p.at+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(p.text[p.at:], long) {
		quote = long
	}
	for p.at += len(quote); p.at < len(p.text); p.at++ {
		switch {
		case strings.HasPrefix(p.text[p.at:], quote):
			p.at += len(quote)
			return nil
		case p.text[p.at] == '\\':
			p.at++
		case p.text[p.at] == '\n' && len(quote) == 1:
			return fmt.Errorf("a string is not closed")
		}
	}
	p.at = len(p.text)
	return fmt.Errorf("a string is not closed")
}
