package receipt

import (
	"cmp"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/quantscope/quantscope/quant/recipe"
)

const (
	maxText  = 200     // bytes of a free text
	maxItems = 1 << 20 // of a set; a recipe's bound
	maxModel = 1 << 40 // bytes of a model's files
	// maxExpansion is how many bytes of float32 parameters a byte of a file becomes: 8 where it holds
	// 4-bit integers, and as much again for what nodes of the file unfold.
	maxExpansion = 16
)

// validate checks what the types leave open, so that a page can show a stranger's receipt as it is.
func (r *Receipt) validate() error {
	if !Readable(r.Format) {
		return fmt.Errorf("receipt: field \"format\" is %q, not %q", clip(r.Format), Format)
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
	if r.Model.Bytes < 1 || r.Model.Bytes > maxModel {
		return fmt.Errorf("receipt: field \"model.bytes\" is %d; a model has 1 to %d", r.Model.Bytes, int64(maxModel))
	}
	if err := r.Data.validate(r.Recipe.Data); err != nil {
		return err
	}
	for _, d := range []struct{ field, digest string }{{"logits", r.Digests.Logits}, {"integer", r.Digests.Integer}} {
		if (d.digest == "") != (r.Metrics.N == 0) || d.digest != "" && !IsDigest(d.digest) {
			return fmt.Errorf("receipt: field \"digests.%s\" is needed where items were evaluated, and empty where none were", d.field)
		}
	}
	if err := r.Metrics.validate(r.Data.Evaluation.Count, r.Model.Bytes); err != nil {
		return err
	}
	if r.Model.Source != "" {
		if err := CheckSource(r.Model.Source); err != nil {
			return fmt.Errorf("receipt: field \"model.source\": %w", err)
		}
	}
	return r.validateLayers()
}

// validate holds the sets against what the recipe asks for: there may be fewer items, not more.
func (d Data) validate(asked recipe.Data) error {
	for _, s := range []struct {
		field string
		set   Set
		most  int
	}{
		{"data.calibration", d.Calibration, asked.Calibration},
		{"data.evaluation", d.Evaluation, cmp.Or(asked.Evaluation, maxItems)},
	} {
		if err := s.set.validate(s.field); err != nil {
			return err
		}
		if s.set.Count > s.most {
			return fmt.Errorf("receipt: field %q has count %d, but the recipe takes at most %d items", s.field, s.set.Count, s.most)
		}
	}
	if c, e := d.Calibration, d.Evaluation; c.Digest == e.Digest && c.Count != e.Count { // copies of the same items are no contradiction
		return fmt.Errorf("receipt: fields \"data.calibration\" and \"data.evaluation\" are the same items by their digest, but %d and %d of them", c.Count, e.Count)
	}
	return nil
}

func (s Set) validate(field string) error {
	if s.Count < 0 || (s.Count == 0) != (s.Digest == "") || s.Digest != "" && !IsDigest(s.Digest) {
		return fmt.Errorf("receipt: field %q has count %d and digest %q; a used set has both, an unused one neither",
			field, s.Count, clip(s.Digest))
	}
	if _, ok := s.Marks.list(s.Count); !ok && s.Marks != "" {
		return fmt.Errorf("receipt: field \"%s.marks\" are none of %d items", field, s.Count)
	}
	return nil
}

// validate holds the figures against each other, against the number of evaluation items, and against
// the bytes of the model's file.
func (m Metrics) validate(items int, file int64) error {
	if m.N != items {
		return fmt.Errorf("receipt: field \"metrics.n\" is %d, but \"data.evaluation\" has %d items", m.N, items)
	}
	for _, c := range []struct {
		field string
		count int
		most  int
	}{
		{"labelled", m.Labelled, m.N}, {"agreement", m.Agreement, m.N},
		{"top1Float", m.Top1Float, m.Labelled}, {"top1Quant", m.Top1Quant, m.Labelled}, {"top1Integer", m.Top1Integer, m.Labelled},
	} {
		if c.count < 0 || c.count > c.most {
			return fmt.Errorf("receipt: field \"metrics.%s\" is %d; expected 0 to %d", c.field, c.count, c.most)
		}
	}
	// Where both networks answer the same, both are right or both are wrong.
	if d := max(m.Top1Float-m.Top1Quant, m.Top1Quant-m.Top1Float); d > m.N-m.Agreement {
		return fmt.Errorf("receipt: fields \"metrics.top1Float\" and \"metrics.top1Quant\" differ by %d, but the answers on %d items only", d, m.N-m.Agreement)
	}
	if most := maxExpansion*file + 1<<20; m.BytesBefore < 0 || m.BytesBefore > most {
		return fmt.Errorf("receipt: field \"metrics.bytesBefore\" is %d; a model of %d bytes has 0 to %d bytes of parameters", m.BytesBefore, file, most)
	}
	if least, most := m.BytesBefore/32, 4*m.BytesBefore; m.BytesAfter < least || m.BytesAfter > most {
		return fmt.Errorf("receipt: field \"metrics.bytesAfter\" is %d; parameters of %d bytes quantized have %d to %d", m.BytesAfter, m.BytesBefore, least, most)
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
