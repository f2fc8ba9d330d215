package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/quantscope/quantscope/quant"
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
}

func attestReceipt(ctx context.Context, c console, args []string) error {
	f := newFlags("attest", "RECEIPT [QUANTIZED...]", "Signs a receipt: an in-toto Statement v1 about the model and the QUANTIZED files, by their SHA-256,\n"+
		"with the receipt as its predicate, in a DSSE envelope. quantscope verify --key checks it. With --model each\n"+
		"file is compared with what the receipt's recipe makes of the model; without it only the codes and scales of\n"+
		"ONNX files of integers can be. The statement says how each was compared, and what differs is not signed. The\n"+
		"key is yours, ed25519 or ECDSA in PEM; none is made or kept here: openssl genpkey -algorithm ed25519.")
	model := f.String("model", "", "make the quantized files again from the receipt's model, `MODEL.onnx`, and sign what is the same")
	given := shapeFlag(f)
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
	inputs := append([]string{*keyFile, *model}, rest...)
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
	var quantized []export.File
	for _, path := range rest[1:] {
		b, err := input.Read(path, input.MaxModel)
		if err != nil {
			return err
		}
		quantized = append(quantized, export.File{Name: path, Bytes: b})
	}
	compared, err := c.compare(ctx, r.Receipt, *model, given, quantized)
	if err != nil {
		return err
	}
	for i, file := range quantized {
		subject := attest.NewSubject(filepath.Base(file.Name), receipt.Sum(file.Bytes))
		subject.Annotations.Compared = compared[i]
		s.Subjects = append(s.Subjects, subject)
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
		return printJSON(c.out, attestation{*out, digest, s.Subjects})
	}
	for _, subject := range s.Subjects {
		show(c.out, "%s  %s\n", subject.Digest.SHA256, subject.Name)
		if how := subject.Annotations.Compared; how != "" {
			show(c.out, "  %s\n", how)
		}
	}
	_, err = fmt.Fprintf(c.out, "signed in %s\n", *out)
	return err
}

// compare tells how each file is what a receipt says, a sentence without its full stop; one that is not is an error. model
// is the file to make them again from, or empty.
func (c console) compare(ctx context.Context, r *receipt.Receipt, model string, given shapes, files []export.File) ([]string, error) {
	hint := "with --model MODEL.onnx every file is compared"
	if model != "" {
		m, err := openModel(model, given)
		if err != nil {
			return nil, err
		}
		bar := newProgress(c.err)
		defer bar.clear()
		told, err := quant.Made(ctx, r, m, files, func(done, total int) { bar.step("making the files again", done, total) })
		if !errors.Is(err, quant.ErrNotRemade) {
			if err != nil {
				err = fmt.Errorf("nothing is signed: %w", err)
			}
			return told, err
		}
		hint = err.Error()
	}
	var told []string
	for _, f := range files {
		how, err := evidence.Exported(r, f.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s is not signed with this receipt: it is %w; %s", f.Name, err, hint)
		}
		told = append(told, how)
	}
	return told, nil
}
