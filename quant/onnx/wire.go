package onnx

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages and strings of one file are bounded, because two bytes of it can declare one that takes
// two hundred bytes of memory: fewParts any file may have, mostParts none may exceed, and in between
// there is one for every 8 bytes, which is less than real ones take.
const (
	fewParts  = 1 << 18
	mostParts = 1 << 20
)

// maxDepth bounds subgraphs in attributes of nodes of subgraphs.
const maxDepth = 16

// Error is what is wrong with a file and where: Path is like graph.node[12].attribute[0], Offset the
// byte of the file.
type Error struct {
	Path   string
	Offset int
	Err    error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("not a valid ONNX file: at byte %d: %v%s", e.Offset, e.Err, again)
	}
	return fmt.Sprintf("not a valid ONNX file: %s (at byte %d): %v%s", e.Path, e.Offset, e.Err, again)
}

// again is what to do about a damaged file.
const again = "; download or export it again"

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

var (
	errTruncated = errors.New("what begins there has no end, as the file was cut off or damaged")
	errVarint    = errors.New("the number is longer than 10 bytes")
	errTag       = errors.New("this is not a protobuf field")
	errWireType  = errors.New("the field has another wire type than onnx.proto gives it")
	errParts     = errors.New("the file has more parts than its size justifies")
	errDepth     = fmt.Errorf("subgraphs are nested over %d deep", maxDepth)
	errText      = errors.New("the text is not UTF-8")
)

// decoder is the state of decoding one file.
type decoder struct {
	cap   int // capacity of the input: every sub-slice keeps it, which gives its offset
	parts int // that may still come
	depth int
}

func newDecoder(b []byte) *decoder {
	return &decoder{cap: cap(b), parts: min(fewParts+len(b)/8, mostParts)}
}

// field is one field of a message: u of a varint or a fixed-width word, b of a length-delimited field.
type field struct {
	num protowire.Number
	typ protowire.Type
	u   uint64
	b   []byte
}

// fields calls f with each field of message b in order. An error gets the offset where the field is.
func (d *decoder) fields(b []byte, f func(field) error) error {
	for len(b) > 0 {
		at := d.cap - cap(b)
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return &Error{Offset: at, Err: wireError(n, errTag)}
		}
		v := field{num: num, typ: typ}
		rest := b[n:]
		switch typ {
		case protowire.VarintType:
			v.u, n = protowire.ConsumeVarint(rest)
		case protowire.Fixed32Type:
			var u uint32
			u, n = protowire.ConsumeFixed32(rest)
			v.u = uint64(u)
		case protowire.Fixed64Type:
			v.u, n = protowire.ConsumeFixed64(rest)
		case protowire.BytesType:
			v.b, n = protowire.ConsumeBytes(rest)
		default:
			// Groups: no ONNX message has one, and skipping one is where recursion would hide.
			return &Error{Offset: at, Err: errTag}
		}
		if n < 0 {
			return &Error{Offset: at, Err: wireError(n, errTruncated)}
		}
		b = rest[n:]
		if err := f(v); err != nil {
			var e *Error
			if errors.As(err, &e) {
				return err
			}
			return &Error{Path: fmt.Sprintf("field %d", num), Offset: at, Err: err}
		}
	}
	return nil
}

// wireError is the cause of protowire's negative length.
func wireError(n int, other error) error {
	switch err := protowire.ParseError(n); {
	case strings.Contains(err.Error(), "EOF"):
		return errTruncated
	case strings.Contains(err.Error(), "overflow"):
		return errVarint
	}
	return other
}

// part counts one more message or string.
func (d *decoder) part() error {
	if d.parts--; d.parts < 0 {
		return errParts
	}
	return nil
}

// text is a string field.
func (d *decoder) text(f field, to *string) error {
	if f.typ != protowire.BytesType {
		return errWireType
	}
	if !utf8.Valid(f.b) {
		return errText
	}
	*to = string(f.b)
	return nil
}

// texts appends a repeated string field.
func (d *decoder) texts(f field, to *[]string) error {
	var s string
	if err := d.text(f, &s); err != nil {
		return err
	}
	*to = append(*to, s)
	return d.part()
}

// number is a varint field.
func number[T ~int64 | ~int32](f field, to *T) error {
	if f.typ != protowire.VarintType {
		return errWireType
	}
	*to = T(f.u)
	return nil
}

// numbers appends a repeated int64 field, packed or not.
func numbers(f field, to *[]int64) error {
	if f.typ == protowire.VarintType {
		*to = append(*to, int64(f.u))
		return nil
	}
	if f.typ != protowire.BytesType {
		return errWireType
	}
	for b := f.b; len(b) > 0; {
		u, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return wireError(n, errTruncated)
		}
		*to = append(*to, int64(u))
		b = b[n:]
	}
	return nil
}

// message decodes a sub-message and puts name[i] (name alone where i is negative) before the path of
// an error in it.
func (d *decoder) message(f field, name string, i int, decode func([]byte) error) error {
	at := d.cap - cap(f.b)
	err := error(errWireType)
	if f.typ == protowire.BytesType {
		if err = d.part(); err == nil {
			err = decode(f.b)
		}
	}
	if err == nil {
		return nil
	}
	if i >= 0 {
		name = fmt.Sprintf("%s[%d]", name, i)
	}
	var e *Error
	if !errors.As(err, &e) {
		if f.typ != protowire.BytesType {
			at = 0
		}
		return &Error{Path: name, Offset: at, Err: err}
	}
	path := name
	if e.Path != "" {
		path += "." + e.Path
	}
	return &Error{Path: path, Offset: e.Offset, Err: e.Err}
}
