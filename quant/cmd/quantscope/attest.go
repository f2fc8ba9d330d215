package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/quantscope/quantscope/quant/attest"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/receipt"
)

// attestation is what attest prints as JSON.
type attestation struct {
	File     string           `json:"file"`
	Receipt  string           `json:"receipt"` // its digest
	Subjects []attest.Subject `json:"subjects"`
	Compared []string         `json:"compared,omitempty"` // how each subject behind the model was compared with the receipt, a sentence without its full stop
}

func attestReceipt(ctx context.Context, c console, args []string) error {
	f := newFlags("attest", "RECEIPT [QUANTIZED...]", "Signs a receipt: an in-toto Statement v1 about the model and the QUANTIZED files, by their SHA-256,\n"+
		"with the receipt as its predicate, in a DSSE envelope. quantscope verify --key checks it. What is in a\n"+
		"file is compared with the receipt first, as far as its format allows, and another network's is refused. The key is\n"+
		"yours, ed25519 or ECDSA in PEM; none is made or kept here: openssl genpkey -algorithm ed25519.")
	modelSigning := f.Bool("model-signing", false, "write what OpenSSF's model_signing verify key reads of a folder with the QUANTIZED files, the receipt in it; ECDSA")
	keyFile := f.String("key", "", "sign with this private key, `PRIVATE.pem`")
	out := f.output("o", "write the attestation to `FILE`.json")
	rest, err := f.parse(c.out, args, 1, -1)
	if err != nil {
		return err
	}
	switch {
	case *keyFile == "":
		return f.wrong("--key is missing")
	case *out == "":
		return f.wrong("-o is missing")
	}
	inputs := append([]string{*keyFile}, rest...)
	if err := c.disk.check(inputs, *out); err != nil {
		return err
	}
	r, err := openClaim(ctx, rest[0], nil)
	if err != nil {
		return err
	}
	text, err := input.Read(*keyFile, input.MaxText)
	if err != nil {
		return err
	}
	key, err := attest.PrivateKey(text)
	if err != nil {
		return input.ToldOf(*keyFile, err)
	}
	name := r.Model.Name
	if name == "" {
		name = "model"
	}
	s := attest.Statement{Subjects: []attest.Subject{attest.NewSubject(name, r.Model.SHA256)}, Receipt: r.Receipt}
	var compared []string
	for _, path := range rest[1:] {
		b, err := input.Read(path, input.MaxModel)
		if err != nil {
			return err
		}
		how, err := evidence.Exported(r.Receipt, b)
		if err != nil {
			return fmt.Errorf("%s is not signed with this receipt: it is %w", path, err)
		}
		compared = append(compared, how)
		s.Subjects = append(s.Subjects, attest.NewSubject(filepath.Base(path), receipt.Sum(b)))
	}
	sign := attest.Sign
	if *modelSigning {
		sign = attest.SignBundle
	}
	doc, err := sign(s, key)
	if err != nil {
		return err
	}
	digest, err := r.Digest()
	if err != nil {
		return err
	}
	if err := c.disk.write(export.File{Name: *out, Bytes: append(doc, '\n')}); err != nil {
		return err
	}
	if *f.json {
		return printJSON(c.out, attestation{*out, digest, s.Subjects, compared})
	}
	for i, subject := range s.Subjects {
		show(c.out, "%s  %s\n", subject.Digest.SHA256, subject.Name)
		if i > 0 {
			show(c.out, "  %s\n", compared[i-1])
		}
	}
	_, err = fmt.Fprintf(c.out, "signed in %s\n", *out)
	return err
}
