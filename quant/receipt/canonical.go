package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/quantscope/quantscope/quant/jcs"
)

// Canonical returns the one form of r that is stored, sent and digested: JSON as RFC 8785 has it, with the
// numbers of the Go types in the fewest digits that give them back. Version 1 has a form of its own: JSON
// in UTF-8 without white space, fields in the order of the Go types, numbers and strings as
// encoding/json writes them, <, > and & not escaped. It fails where r is not a valid receipt.
func (r *Receipt) Canonical() ([]byte, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	return r.encode()
}

// encode is Canonical of a receipt that may not have its figures yet.
func (r *Receipt) encode() ([]byte, error) {
	if r.Format == Format1 {
		return r.encode1()
	}
	b, err := jcs.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return b, nil
}

// spare is what is kept free for a name, a source and figures, which may be told later.
const spare = 4 << 10

// Shorten leaves out what is not needed until the receipt can be read: the numbers of activations, which where they are by
// channel may be many thousand, then the tensors, then the layers. It says what, empty where nothing was.
func (r *Receipt) Shorten() (left string, err error) {
	for _, part := range []struct {
		name string
		drop func()
	}{
		{"", func() {}},
		{"the numbers of activations", func() { r.Activations = nil }},
		{"the digests of single tensors", func() { r.Model.Tensors = nil }},
		{"the layers", func() { r.Layers, r.Probes = nil, Probes{} }},
	} {
		part.drop()
		doc, err := r.encode()
		if err != nil {
			return "", err
		}
		if left != "" && part.name != "" {
			left += ", "
		}
		if left += part.name; len(doc) <= MaxBytes-spare {
			break
		}
	}
	return left, nil
}

// Digest returns the SHA-256 of the canonical form, in hexadecimal.
func (r *Receipt) Digest() (string, error) {
	b, err := r.Canonical()
	if err != nil {
		return "", err
	}
	return Sum(b), nil
}

// Sum returns the SHA-256 of b as 64 lowercase hexadecimal digits.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// IsDigest tells whether s could have been made by Sum.
func IsDigest(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

func (r *Receipt) encode1() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
