// Package attest signs receipts: an in-toto Statement v1 about the model and the quantized file, with the
// receipt as its predicate, in a DSSE envelope. Keys are the user's; none is made or kept here.
//
// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
package attest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

const (
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://github.com/quantscope/quantscope/receipt/v" // and the version of the receipt
	formatPrefix  = "quantscope-receipt/"
)

// Subject is a file that a statement is about, by the SHA-256 of its bytes. That of a model with external
// data is the receipt's: of the digests of all its files.
type Subject struct {
	Name   string `json:"name"`
	Digest struct {
		SHA256 string `json:"sha256"`
	} `json:"digest"`
	Annotations Annotations `json:"annotations,omitzero"`
}

// Annotations are what a statement says of a subject besides its digest.
type Annotations struct {
	Compared string `json:"quantscopeCompared,omitempty"` // how the file was compared with the receipt before it was signed, and what of it was not
}

// NewSubject is a file by its name and digest.
func NewSubject(name, sha256 string) Subject {
	s := Subject{Name: name}
	s.Digest.SHA256 = sha256
	return s
}

// Statement says that a receipt is about its subjects, of which the first is the model.
type Statement struct {
	Subjects []Subject
	Receipt  *receipt.Receipt
}

// statement is the document.
type statement struct {
	Type          string          `json:"_type"`
	Subject       []Subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// payload is the statement as it is signed, with the receipt in its canonical form.
func (s Statement) payload() ([]byte, error) {
	doc, err := s.Receipt.Canonical()
	if err != nil {
		return nil, err
	}
	if len(s.Subjects) == 0 || s.Subjects[0].Digest.SHA256 != s.Receipt.Model.SHA256 {
		return nil, errors.New("attest: the first subject is not the receipt's model")
	}
	return encodeJSON(statement{statementType, s.Subjects, predicateType + strings.TrimPrefix(s.Receipt.Format, formatPrefix), doc})
}

// maxSubjects bounds a statement.
const maxSubjects = 64

// parse reads a payload.
func parse(payload []byte) (*Statement, error) {
	var doc statement
	if err := json.Unmarshal(payload, &doc); err != nil {
		return nil, fmt.Errorf("attest: the payload is no in-toto statement: %w", err)
	}
	switch version, ours := strings.CutPrefix(doc.PredicateType, predicateType); {
	case doc.Type != statementType:
		return nil, fmt.Errorf("attest: the statement's _type is %.80q; %s is read", doc.Type, statementType)
	case doc.PredicateType == modelSigning:
		return parseManifest(doc)
	case !ours:
		return nil, fmt.Errorf("attest: the statement's predicateType is %.80q: it is about something else than a receipt", doc.PredicateType)
	case len(doc.Subject) == 0 || len(doc.Subject) > maxSubjects:
		return nil, fmt.Errorf("attest: the statement has %d subjects", len(doc.Subject))
	default:
		r, err := receipt.Parse(doc.Predicate)
		if err != nil {
			return nil, fmt.Errorf("attest: the statement's predicate: %w", err)
		}
		if r.Format != formatPrefix+version {
			return nil, fmt.Errorf("attest: the statement's predicateType is of version %.10q, its receipt is %s", version, r.Format)
		}
		for _, s := range doc.Subject {
			if !receipt.IsDigest(s.Digest.SHA256) {
				return nil, fmt.Errorf("attest: the subject %.80q has no SHA-256", s.Name)
			}
		}
		if doc.Subject[0].Digest.SHA256 != r.Model.SHA256 {
			return nil, errors.New("attest: the statement's first subject is not the model of its receipt")
		}
		return &Statement{doc.Subject, r}, nil
	}
}
