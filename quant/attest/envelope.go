package attest

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/receipt"
)

// payloadType is what an envelope says of its payload.
const payloadType = "application/vnd.in-toto+json"

// MaxBytes bounds an envelope: the largest receipt, in base64, and what stands around it.
const MaxBytes = 2 * receipt.MaxBytes

// Envelope is a signed statement, as DSSE has it: the payload and signatures over it and its type.
//
// https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
type Envelope struct {
	Payload     string      `json:"payload"` // base64
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is one of an envelope.
type Signature struct {
	KeyID string `json:"keyid,omitempty"` // a hint at the key: the SHA-256 of its DER encoding as SubjectPublicKeyInfo
	Sig   string `json:"sig"`             // base64
}

// LooksLike tells whether a document is meant as an envelope or a bundle of one, not as a receipt.
func LooksLike(doc []byte) bool {
	var e struct {
		Envelope
		Bundle string `json:"mediaType"`
	}
	return json.Unmarshal(doc, &e) == nil && (e.PayloadType != "" || e.Bundle != "")
}

// Sign puts a statement into an envelope. The key is ed25519 or ECDSA.
func Sign(s Statement, key crypto.Signer) ([]byte, error) {
	payload, err := s.payload()
	if err != nil {
		return nil, err
	}
	e, err := seal(payload, key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

// seal signs a payload.
func seal(payload []byte, key crypto.Signer) (Envelope, error) {
	message, hash, err := signed(key.Public(), encode(payload))
	if err != nil {
		return Envelope{}, err
	}
	sig, err := key.Sign(rand.Reader, message, hash)
	if err != nil {
		return Envelope{}, fmt.Errorf("attest: %w", err)
	}
	id, err := keyID(key.Public())
	return Envelope{
		Payload: base64.StdEncoding.EncodeToString(payload), PayloadType: payloadType,
		Signatures: []Signature{{KeyID: id, Sig: base64.StdEncoding.EncodeToString(sig)}},
	}, err
}

// encode is DSSE's pre-authentication encoding of a payload.
func encode(payload []byte) []byte {
	return append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload)), payload...)
}

// Read reads an envelope, or the one of a bundle. Nothing in it has been checked before Verify.
func Read(doc []byte) (*Envelope, error) {
	if len(doc) > MaxBytes {
		return nil, fmt.Errorf("attest: %d bytes; an attestation has fewer", len(doc))
	}
	var b bundle
	err := json.Unmarshal(doc, &b)
	e := b.Envelope
	if err == nil && b.MediaType == "" {
		err = json.Unmarshal(doc, &e)
	}
	if err != nil {
		return nil, fmt.Errorf("attest: no DSSE envelope: %w", err)
	}
	if e.PayloadType != payloadType {
		return nil, fmt.Errorf("attest: the envelope's payloadType is %.80q; %s is read", e.PayloadType, payloadType)
	}
	return &e, nil
}

// Statement is what the envelope claims, whoever signed it.
func (e *Envelope) Statement() (*Statement, error) {
	payload, err := e.payload()
	if err != nil {
		return nil, err
	}
	return parse(payload)
}

func (e *Envelope) payload() ([]byte, error) {
	payload, err := decode(e.Payload)
	if err != nil {
		return nil, errors.New("attest: the envelope's payload is not base64")
	}
	return payload, nil
}

// decode takes both alphabets of base64, as DSSE asks.
func decode(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		b, err = base64.URLEncoding.DecodeString(s)
	}
	return b, err
}

// Verify tells whether one of the signatures is the key's.
func (e *Envelope) Verify(key crypto.PublicKey) error {
	payload, err := e.payload()
	if err != nil {
		return err
	}
	message, hash, err := signed(key, encode(payload))
	if err != nil {
		return err
	}
	for _, s := range e.Signatures {
		if sig, err := decode(s.Sig); err == nil && valid(key, message, hash, sig) {
			return nil
		}
	}
	if len(e.Signatures) == 0 {
		return errors.New("attest: the attestation is not signed")
	}
	return errors.New("attest: the signature is not of this key, or the attestation was changed after it was signed")
}
