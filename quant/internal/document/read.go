// Package document reads JSON that people write. What encoding/json has to say of a slip is for programmers; here it is
// a sentence that names the line, the field, and what can stand there.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Read reads one document into what v points to. A field that v does not have is an error: a setting that is silently
// ignored is not what was meant.
func Read(doc []byte, v any) error {
	err := json.Unmarshal(doc, new(json.RawMessage))
	if err == nil {
		w := walker{d: json.NewDecoder(bytes.NewReader(doc)), doc: doc}
		err = w.value(reflect.TypeOf(v).Elem(), "")
	}
	if err == nil {
		err = json.Unmarshal(doc, v)
	}
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(doc)) == 0:
		return errors.New("it is empty")
	case errors.As(err, &syntax) && int(syntax.Offset) >= len(bytes.TrimRight(doc, " \t\r\n")) && strings.HasPrefix(err.Error(), "unexpected end"):
		return fmt.Errorf("%sthe document breaks off", line(doc, len(bytes.TrimSpace(doc))))
	case errors.As(err, &syntax) && strings.HasSuffix(err.Error(), "after top-level value"):
		return fmt.Errorf("%smore follows after the document", line(doc, int(syntax.Offset)))
	case errors.As(err, &syntax):
		return fmt.Errorf("%snot JSON: %s", line(doc, int(syntax.Offset)), syntax)
	case errors.As(err, &wrong):
		what := "the document"
		if wrong.Field != "" {
			what = fmt.Sprintf("field %q", wrong.Field)
		}
		return fmt.Errorf("%s%s is %s where %s is needed", line(doc, int(wrong.Offset)), what, given(wrong.Value), needed(wrong.Type))
	}
	return err
}

// line names the line of an offset, where there are several.
func line(doc []byte, offset int) string {
	if !bytes.Contains(bytes.TrimSpace(doc), []byte("\n")) {
		return ""
	}
	return fmt.Sprintf("line %d: ", 1+bytes.Count(doc[:max(min(offset, len(doc)), 0)], []byte("\n")))
}

// given is a value as encoding/json names its kind.
func given(value string) string {
	switch kind, number, _ := strings.Cut(value, " "); kind {
	case "number":
		return strings.TrimSpace("the number " + number)
	case "string":
		return "a text in quotes"
	case "bool":
		return "true or false"
	case "array":
		return "a list, [ ],"
	case "object":
		return "an object, { },"
	}
	return value
}

func needed(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return needed(t.Elem())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0 on"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list, [ ],"
	}
	return "an object, { },"
}

// walker looks for fields that a type does not have.
type walker struct {
	d   *json.Decoder
	doc []byte
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// value walks the next value, as something of type t would be read; path is its place in the document.
func (w walker) value(t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	next := byte(0)
	if rest := bytes.TrimLeft(w.doc[w.d.InputOffset():], " \t\r\n:,"); len(rest) > 0 {
		next = rest[0]
	}
	fields := map[string]reflect.Type{}
	var names []string
	switch {
	case reflect.PointerTo(t).Implements(unmarshaler):
		return w.skip()
	case next == '{' && t.Kind() == reflect.Struct:
		names = collect(t, fields)
	case next == '{' && t.Kind() == reflect.Map, next == '[' && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array):
	default: // a single value, or one of the wrong kind, which is told elsewhere
		return w.skip()
	}
	if _, err := w.d.Token(); err != nil {
		return err
	}
	for i := 0; w.d.More(); i++ {
		if next == '[' {
			if err := w.value(t.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
			continue
		}
		key, err := w.d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		of := reflect.Type(nil)
		if t.Kind() == reflect.Map {
			of = t.Elem()
		} else if of = fields[strings.ToLower(name)]; of == nil {
			in := ""
			if path != "" {
				in = " in " + path
			}
			return fmt.Errorf("%sthere is no field %q%s: the fields are %s", line(w.doc, int(w.d.InputOffset())), short(name), in, strings.Join(names, ", "))
		}
		if err := w.value(of, strings.TrimPrefix(path+"."+name, ".")); err != nil {
			return err
		}
	}
	_, err := w.d.Token()
	return err
}

func (w walker) skip() error {
	err := w.d.Decode(new(json.RawMessage))
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// collect gives the names of a struct's fields, and puts the type of each under its name in small letters.
func collect(t reflect.Type, fields map[string]reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			names = append(names, collect(f.Type, fields)...)
			continue
		case name == "":
			name = f.Name
		}
		names = append(names, name)
		fields[strings.ToLower(name)] = f.Type
	}
	return names
}

// short keeps what somebody wrote from filling a sentence.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
