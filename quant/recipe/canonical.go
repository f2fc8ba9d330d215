package recipe

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/internal/document"
)

// maxDocument bounds what Parse reads; the largest recipe has a few kilobytes.
const maxDocument = 1 << 20

// Canonical is the recipe as the JSON that is digested, in a form that only version 1 of recipes has, whose
// digests are published; documents besides have that of package jcs. Fields are in the order of the
// types, no white space, float32 in the fewest digits that give them back. The recipe must be valid.
func (r Recipe) Canonical() ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	return json.Marshal(r)
}

// Digest is the SHA-256 of Canonical in hexadecimal.
func (r Recipe) Digest() (string, error) {
	doc, err := r.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), nil
}

// Parse reads one recipe, with whatever white space and MQBench's names where one likes, and validates
// it. Fields it does not know are refused: a setting that is silently ignored would make two different
// recipes look the same.
func Parse(doc []byte) (Recipe, error) {
	var r Recipe
	if len(doc) > maxDocument {
		return r, fmt.Errorf("recipe: %d bytes; a recipe has a few kilobytes", len(doc))
	}
	if err := document.Read(doc, &r); err != nil {
		var other struct{ Format string }
		if json.Unmarshal(doc, &other); strings.HasPrefix(other.Format, "quantscope-receipt/") {
			return Recipe{}, errors.New(`recipe: this is a receipt; its recipe is the object at "recipe" in it: save that as a file of its own`)
		}
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	r.rename()
	if err := r.Validate(); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}
