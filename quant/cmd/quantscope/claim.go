package main

import (
	"context"
	"crypto"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/attest"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/receipt"
)

// claim is a receipt as somebody handed it over.
type claim struct {
	*receipt.Receipt
	Subjects []attest.Subject // of the attestation that holds it; none where it came alone
}

// openClaim reads a receipt from a file, an attestation or a link. With a key only what it signed is taken.
func openClaim(ctx context.Context, source string, key crypto.PublicKey) (claim, error) {
	unsigned := func(r *receipt.Receipt, err error) (claim, error) {
		if err == nil && key != nil {
			err = fmt.Errorf("%s is a receipt that nobody signed: --key checks what quantscope attest writes", short(source))
		}
		return claim{Receipt: r}, err
	}
	if packed, ok := receipt.Linked(source); ok {
		return unsigned(receipt.Unpack(packed))
	}
	if isLink(source) {
		return unsigned(fetchReceipt(ctx, source))
	}
	b, err := input.Read(source, attest.MaxBytes)
	if err != nil {
		return claim{}, err
	}
	if !attest.LooksLike(b) {
		r, err := receipt.Parse(b)
		return unsigned(r, input.ToldOf(source, err))
	}
	e, err := attest.Read(b)
	if err == nil && key != nil {
		err = e.Verify(key)
	}
	if err != nil {
		return claim{}, input.ToldOf(source, err)
	}
	s, err := e.Statement()
	if err != nil {
		return claim{}, input.ToldOf(source, err)
	}
	return claim{s.Receipt, s.Subjects}, nil
}

// isLink tells links from files.
func isLink(source string) bool {
	_, full := receipt.Linked(source)
	return full || strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// short is a source as a sentence or a table names it: a full link may have thousands of characters.
func short(source string) string {
	if r := []rune(source); len(r) > 60 {
		return string(r[:57]) + "…"
	}
	return source
}

// publicKey reads the key in a file; without one there is none.
func publicKey(path string) (crypto.PublicKey, error) {
	if path == "" {
		return nil, nil
	}
	b, err := input.Read(path, input.MaxText)
	if err != nil {
		return nil, err
	}
	key, err := attest.PublicKey(b)
	return key, input.ToldOf(path, err)
}

// signedBy says what an attestation is worth, and of each file behind the model how it was compared, words of whoever
// signed: a line each.
func (c claim) signedBy(checked bool) []string {
	if len(c.Subjects) == 0 {
		return nil
	}
	said := "signed by the key"
	if !checked {
		said = "an attestation, its signature not checked: --key PUBLIC.pem checks it"
	}
	lines := []string{said}
	for _, s := range c.Subjects[1:] {
		how := s.Annotations.Compared
		if how == "" {
			how = "it does not say how the file was compared with the receipt"
		}
		lines = append(lines, fmt.Sprintf("it is about %.80q too, SHA-256 %.8s…: %.300q", s.Name, s.Digest.SHA256, how))
	}
	return lines
}
