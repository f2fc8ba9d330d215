package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quantscope/quantscope/quant/jcs"
)

// Parse reads a receipt and refuses everything that is not exactly one: a field that this version
// does not know, a missing, repeated or differently spelled field, a digest that is not one. What RFC
// 8785 takes for the same document is the same receipt, so that one that went through an editor is still
// read; of version 1 that is white space between the tokens and nothing else.
func Parse(b []byte) (*Receipt, error) {
	r, err := parse(b)
	if err != nil {
		return nil, errors.New(foreign(err.Error(), maxError))
	}
	return r, nil
}

func parse(b []byte) (*Receipt, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // some editors put it before any text
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("receipt: %d bytes; a receipt has at most %d", len(b), MaxBytes)
	}
	if err := json.Unmarshal(b, new(json.RawMessage)); err != nil {
		return nil, fmt.Errorf("receipt: not JSON (%w): %s", err, whereFrom)
	}
	format, err := checkFormat(b)
	if err != nil {
		return nil, err
	}
	var given []byte
	if format == Format1 {
		var compact bytes.Buffer
		if err := json.Compact(&compact, b); err != nil {
			return nil, fmt.Errorf("receipt: not JSON: %w", err)
		}
		given = compact.Bytes()
	} else if given, err = jcs.Canonical(b); err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var r Receipt
	if err := d.Decode(&r); err != nil {
		return nil, fieldError(err)
	}
	canonical, err := r.Canonical()
	if err != nil {
		return nil, err
	}
	if at := firstDifference(canonical, given); at >= 0 {
		return nil, fmt.Errorf("receipt: not in canonical form from byte %d: expected %s, got %s",
			at, excerpt(canonical, at), excerpt(given, at))
	}
	return &r, nil
}

// whereFrom is the next step for who has something else.
const whereFrom = "a receipt is the file that quantize --receipt writes, or Save receipt file in the page's Share"

// checkFormat comes before the strict reading, so that a newer receipt is called newer and not
// blamed for its new fields.
func checkFormat(b []byte) (string, error) {
	var head struct {
		Format *string `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil || head.Format == nil {
		return "", fmt.Errorf("receipt: no field %q: this is not a Quantscope receipt; %s", "format", whereFrom)
	}
	if Readable(*head.Format) {
		return *head.Format, nil
	}
	name, version, _ := strings.Cut(Format, "/")
	if gotName, gotVersion, ok := strings.Cut(*head.Format, "/"); ok && gotName == name {
		got, err := strconv.Atoi(gotVersion)
		known, _ := strconv.Atoi(version)
		if err == nil && got > known {
			return "", fmt.Errorf("receipt: field \"format\" is %q, newer than this Quantscope, which reads %q; reload or update it", *head.Format, Format)
		}
	}
	return "", fmt.Errorf("receipt: field \"format\" is %q, not %q: this is not a Quantscope receipt; %s", clip(*head.Format), Format, whereFrom)
}

// fieldError turns an error of encoding/json into a sentence that names the field.
func fieldError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("receipt: field %q is a %s where %s is needed", clip(wrong.Field), clip(wrong.Value), wrong.Type)
	}
	return fmt.Errorf("receipt: %s", clip(strings.TrimPrefix(err.Error(), "json: ")))
}

// firstDifference returns the first index at which a and b differ, or -1.
func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

func excerpt(b []byte, at int) string {
	return strconv.Quote(string(b[at:min(at+24, len(b))]))
}

// maxError bounds a sentence about a stranger's receipt, in bytes.
const maxError = 400

// clip keeps a stranger's text from filling an error.
func clip(s string) string { return foreign(s, 80) }

// foreign is at most n bytes of a stranger's text, without what could steer a terminal or turn the text
// around.
func foreign(s string, n int) string {
	var out strings.Builder
	for _, c := range s {
		if !unicode.IsPrint(c) {
			c = '\uFFFD'
		}
		if out.Len()+utf8.RuneLen(c) > n {
			return out.String() + "…"
		}
		out.WriteRune(c)
	}
	return out.String()
}
