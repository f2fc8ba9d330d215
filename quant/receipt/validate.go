package receipt

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// maxText bounds the free texts, in bytes.
const maxText = 200

// validate checks what the types leave open, so that a page can show a stranger's receipt as it is.
func (r *Receipt) validate() error {
	if r.Format != Format {
		return fmt.Errorf("receipt: field \"format\" is %q, not %q", r.Format, Format)
	}
	if r.Engine == "" {
		return fmt.Errorf("receipt: field \"engine\" is empty")
	}
	for _, t := range []struct{ field, text string }{
		{"engine", r.Engine}, {"model.name", r.Model.Name}, {"recipe.name", r.Recipe.Name},
	} {
		if err := checkText(t.field, t.text); err != nil {
			return err
		}
	}
	for _, d := range []struct{ field, digest string }{
		{"model.sha256", r.Model.SHA256}, {"recipeDigest", r.RecipeDigest}, {"digests.qparams", r.Digests.QParams},
	} {
		if !IsDigest(d.digest) {
			return fmt.Errorf("receipt: field %q is not a SHA-256 digest of 64 lowercase hexadecimal digits", d.field)
		}
	}
	digest, err := r.Recipe.Digest()
	if err != nil {
		return fmt.Errorf("receipt: field \"recipe\": %w", err)
	}
	if digest != r.RecipeDigest {
		return fmt.Errorf("receipt: field \"recipeDigest\" is not the digest of field \"recipe\"")
	}
	if r.Model.Bytes <= 0 {
		return fmt.Errorf("receipt: field \"model.bytes\" is %d; a model has at least one byte", r.Model.Bytes)
	}
	if err := r.Data.Calibration.validate("data.calibration"); err != nil {
		return err
	}
	if err := r.Data.Evaluation.validate("data.evaluation"); err != nil {
		return err
	}
	for _, d := range []struct{ field, digest string }{{"logits", r.Digests.Logits}, {"integer", r.Digests.Integer}} {
		if (d.digest == "") != (r.Metrics.N == 0) || d.digest != "" && !IsDigest(d.digest) {
			return fmt.Errorf("receipt: field \"digests.%s\" is needed where items were evaluated, and empty where none were", d.field)
		}
	}
	return r.Metrics.validate()
}

func (s Set) validate(field string) error {
	if s.Count < 0 || (s.Count == 0) != (s.Digest == "") || s.Digest != "" && !IsDigest(s.Digest) {
		return fmt.Errorf("receipt: field %q has count %d and digest %q; a used set has both, an unused one neither",
			field, s.Count, clip(s.Digest))
	}
	return nil
}

func (m Metrics) validate() error {
	for _, c := range []struct {
		field string
		count int
		most  int
	}{
		{"n", m.N, 1 << 30}, {"labelled", m.Labelled, m.N}, {"agreement", m.Agreement, m.N},
		{"top1Float", m.Top1Float, m.Labelled}, {"top1Quant", m.Top1Quant, m.Labelled}, {"top1Integer", m.Top1Integer, m.Labelled},
	} {
		if c.count < 0 || c.count > c.most {
			return fmt.Errorf("receipt: field \"metrics.%s\" is %d; expected 0 to %d", c.field, c.count, c.most)
		}
	}
	if m.BytesBefore < 0 || m.BytesAfter < 0 {
		return fmt.Errorf("receipt: fields \"metrics.bytesBefore\" and \"metrics.bytesAfter\" are %d and %d; a size is not negative",
			m.BytesBefore, m.BytesAfter)
	}
	return nil
}

func checkText(field, s string) error {
	if len(s) > maxText {
		return fmt.Errorf("receipt: field %q has %d bytes; at most %d", field, len(s), maxText)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("receipt: field %q is not UTF-8", field)
	}
	for _, c := range s {
		if !unicode.IsPrint(c) {
			return fmt.Errorf("receipt: field %q has the unprintable character %U", field, c)
		}
	}
	return nil
}
