package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// object is a JSON object whose members keep their order, as the files of MQBench do: engines look
// names up, people read them from top to bottom.
type object []member

// member is a name and its value: an object, or what scalar writes, or lists of those.
type member struct {
	name  string
	value any
}

// document gives o as a JSON document, indented by four blanks for each level.
func (o object) document() []byte {
	var b bytes.Buffer
	o.write(&b, "\n")
	b.WriteByte('\n')
	return b.Bytes()
}

func (o object) write(b *bytes.Buffer, newline string) {
	if len(o) == 0 {
		b.WriteString("{}")
		return
	}
	inner := newline + "    "
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(inner + quote(m.name) + ": ")
		writeValue(b, m.value, inner)
	}
	b.WriteString(newline + "}")
}

func writeValue(b *bytes.Buffer, v any, newline string) {
	switch v := v.(type) {
	case object:
		v.write(b, newline)
	case []object:
		writeList(b, len(v), newline, func(i int, inner string) { v[i].write(b, inner) })
	case []float32:
		writeList(b, len(v), newline, func(i int, _ string) { b.WriteString(scalar(v[i])) })
	case []int32:
		writeList(b, len(v), newline, func(i int, _ string) { b.WriteString(scalar(v[i])) })
	default:
		b.WriteString(scalar(v))
	}
}

func writeList(b *bytes.Buffer, n int, newline string, element func(i int, newline string)) {
	inner := newline + "    "
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(inner)
		element(i, inner)
	}
	if n > 0 {
		b.WriteString(newline)
	}
	b.WriteByte(']')
}

// scalar writes a string, an integer, or a float32 in the fewest digits that give it back.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case int:
		return strconv.Itoa(v)
	case int32:
		return strconv.Itoa(int(v))
	case float32:
		return decimal(v)
	}
	panic("export: no JSON form") // of this package's own making
}

// decimal is x in the fewest digits that give it back.
func decimal(x float32) string { return strconv.FormatFloat(float64(x), 'g', -1, 32) }

func quote(s string) string {
	b, _ := json.Marshal(s) // no string fails
	return string(b)
}

// sameDocument reads a JSON document back and compares it with what it was written from.
func sameDocument(doc []byte, o object) error {
	var got any
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		return err
	}
	return sameValue("", o, got)
}

// sameValue compares a value, which stands at path, with what encoding/json made of it.
func sameValue(path string, want, got any) error {
	switch want := want.(type) {
	case object:
		m, ok := got.(map[string]any)
		if !ok || len(m) != len(want) {
			return fmt.Errorf("%s has not the members it was written with: is a tensor's name there twice?", path)
		}
		for _, member := range want {
			if err := sameValue(path+"/"+member.name, member.value, m[member.name]); err != nil {
				return err
			}
		}
		return nil
	case []object:
		return sameList(path, len(want), got, func(i int) any { return want[i] })
	case []float32:
		return sameList(path, len(want), got, func(i int) any { return want[i] })
	case []int32:
		return sameList(path, len(want), got, func(i int) any { return want[i] })
	case string:
		if got != any(want) {
			return fmt.Errorf("%s is %v, not %q", path, got, want)
		}
		return nil
	}
	n, ok := got.(json.Number)
	if ok && sameNumber(want, string(n)) == nil {
		return nil
	}
	return fmt.Errorf("%s is %v, not %v", path, got, want)
}

func sameList(path string, n int, got any, element func(i int) any) error {
	list, ok := got.([]any)
	if !ok || len(list) != n {
		return fmt.Errorf("%s is not a list of %d", path, n)
	}
	for i := range list {
		if err := sameValue(fmt.Sprintf("%s[%d]", path, i), element(i), list[i]); err != nil {
			return err
		}
	}
	return nil
}

var errOtherNumber = errors.New("another number")

// sameNumber reads a decimal back.
func sameNumber(want any, got string) error {
	switch want := want.(type) {
	case float32:
		if x, err := strconv.ParseFloat(got, 32); err == nil && float32(x) == want {
			return nil
		}
	case int:
		if x, err := strconv.Atoi(got); err == nil && x == want {
			return nil
		}
	case int32:
		if x, err := strconv.Atoi(got); err == nil && int32(x) == want {
			return nil
		}
	}
	return errOtherNumber
}
