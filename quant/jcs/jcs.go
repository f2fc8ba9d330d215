// Package jcs is the canonical form of the project's documents: JSON as RFC 8785 has it. A document has
// one form, whoever writes it in whatever language, so that it can be known by its digest.
package jcs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep a document nests.
const maxDepth = 32

// Marshal is the canonical form of what encoding/json makes of v.
func Marshal(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return Canonical(b)
}

// Canonical is the canonical form of a document. It refuses what readers understand differently: fields
// named twice, numbers that float64 does not hold, among them integers beyond 2^53 that it rounds, and
// text that is not Unicode.
func Canonical(doc []byte) ([]byte, error) {
	if !utf8.Valid(doc) {
		return nil, errors.New("not UTF-8")
	}
	if err := surrogates(doc); err != nil {
		return nil, err
	}
	var whole json.RawMessage // the decoder below takes tokens one by one, and a document that is none
	if err := json.Unmarshal(doc, &whole); err != nil {
		return nil, err
	}
	r := reader{json.NewDecoder(bytes.NewReader(whole))}
	r.UseNumber()
	return r.value(nil, 0)
}

type reader struct{ *json.Decoder }

// value appends the next value.
func (r reader) value(out []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	t, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return r.array(out, depth+1)
		}
		return r.object(out, depth+1)
	case string:
		return quoted(out, t), nil
	case json.Number:
		return number(out, t.String())
	case bool:
		return strconv.AppendBool(out, t), nil
	}
	return append(out, "null"...), nil
}

func (r reader) array(out []byte, depth int) ([]byte, error) {
	out = append(out, '[')
	for n := 0; r.More(); n++ {
		if n > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = r.value(out, depth); err != nil {
			return nil, err
		}
	}
	_, err := r.Token()
	return append(out, ']'), err
}

func (r reader) object(out []byte, depth int) ([]byte, error) {
	type field struct {
		name  string
		units []uint16 // of UTF-16, by which fields are sorted
		value []byte
	}
	var fields []field
	for r.More() {
		t, err := r.Token()
		if err != nil {
			return nil, err
		}
		name := t.(string) // the decoder takes nothing else
		v, err := r.value(nil, depth)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{name, utf16.Encode([]rune(name)), v})
	}
	if _, err := r.Token(); err != nil {
		return nil, err
	}
	slices.SortFunc(fields, func(a, b field) int { return slices.Compare(a.units, b.units) })
	out = append(out, '{')
	for i, f := range fields {
		if i > 0 {
			if fields[i-1].name == f.name {
				return nil, fmt.Errorf("field %q is there twice", f.name)
			}
			out = append(out, ',')
		}
		out = append(quoted(out, f.name), ':')
		out = append(out, f.value...)
	}
	return append(out, '}'), nil
}

// quoted appends a string: the two characters and the controls that have to be are escaped, shortly where
// there is a short form.
func quoted(out []byte, s string) []byte {
	out = append(out, '"')
	for _, c := range s {
		short := strings.IndexRune("\"\\\b\f\n\r\t", c)
		switch {
		case short >= 0:
			out = append(out, '\\', "\"\\bfnrt"[short])
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}

// number appends a number as ECMAScript writes it: the fewest digits that give the same float64.
func number(out []byte, s string) ([]byte, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %.24s is beyond float64", s)
	}
	shortest := ecmaScript(x)
	if !strings.ContainsAny(s, ".eE") && s != shortest && s != "-0" {
		return nil, fmt.Errorf("the integer %.24s is rounded by readers that have float64 only", s)
	}
	return append(out, shortest...), nil
}

// ecmaScript is Number::toString of ECMA-262.
func ecmaScript(x float64) string {
	if x == 0 {
		return "0" // also −0
	}
	if a := math.Abs(x); a >= 1e-6 && a < 1e21 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e") // "-09", "+21"
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// surrogates refuses escapes \ud800 to \udfff that are no pair, which encoding/json replaces in silence.
func surrogates(doc []byte) error {
	for i := 0; i < len(doc); i++ {
		if doc[i] != '\\' {
			continue
		}
		first, ok := unit(doc[i:])
		if !ok {
			i++ // the escaped character
			continue
		}
		i += 5
		if !utf16.IsSurrogate(first) {
			continue
		}
		second, _ := unit(doc[i+1:])
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return fmt.Errorf(`\u%04x is half of a character`, first)
		}
		i += 6
	}
	return nil
}

// unit reads \uXXXX.
func unit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
