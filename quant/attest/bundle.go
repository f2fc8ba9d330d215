package attest

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/receipt"
)

// What the OpenSSF's model_signing verifies: a Sigstore bundle with an envelope whose statement is about the files of
// a folder. Its verifiers leave out of the predicate what they do not know, so that the receipt can stand there.
//
// https://github.com/sigstore/model-transparency/blob/main/docs/model_signing_format.md
const (
	bundleType   = "application/vnd.dev.sigstore.bundle.v0.3+json"
	modelSigning = "https://model_signing/signature/v1.0"
)

// bundle is the file.
type bundle struct {
	MediaType string `json:"mediaType"`
	Material  struct {
		PublicKey struct {
			Hint string `json:"hint"` // SHA-256 of the key in PEM
		} `json:"publicKey"`
		Log []struct{} `json:"tlogEntries"` // none: the key is the user's
	} `json:"verificationMaterial"`
	Envelope Envelope `json:"dsseEnvelope"`
}

// manifest is the statement's predicate.
type manifest struct {
	Serialization serialization   `json:"serialization"`
	Resources     []resource      `json:"resources"`
	Receipt       json.RawMessage `json:"quantscopeReceipt"`

	Compared map[string]Annotations `json:"quantscopeSubjects,omitempty"` // by the resource's name
}

// serialization says what of a folder the resources are: every file of its own.
type serialization struct {
	Method   string   `json:"method"`
	HashType string   `json:"hash_type"`
	Symlinks bool     `json:"allow_symlinks"`
	Ignore   []string `json:"ignore_paths"`
}

// resource is a file of the folder.
type resource struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
}

// root is the digest of all resources: of their digests, one after the other.
func (m manifest) root() (string, error) {
	var all []byte
	for _, r := range m.Resources {
		if r.Algorithm != "sha256" || !receipt.IsDigest(r.Digest) {
			return "", fmt.Errorf("attest: the resource %.80q has no SHA-256", r.Name)
		}
		digest, err := hex.DecodeString(r.Digest)
		if err != nil {
			return "", err
		}
		all = append(all, digest...)
	}
	return receipt.Sum(all), nil
}

// SignBundle signs a statement about the subjects behind the model, files of one folder, as model_signing verify key
// reads it. The key is ECDSA: that tool takes no other.
func SignBundle(s Statement, key crypto.Signer) ([]byte, error) {
	public, ok := key.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("attest: model_signing takes ECDSA keys only: openssl ecparam -name prime256v1 -genkey makes one")
	}
	if len(s.Subjects) < 2 {
		return nil, errors.New("attest: model_signing checks files: name the quantized ones")
	}
	doc, err := s.Receipt.Canonical()
	if err != nil {
		return nil, err
	}
	m := manifest{Serialization: serialization{Method: "files", HashType: "sha256", Ignore: []string{}}, Receipt: doc}
	m.Compared = map[string]Annotations{}
	for _, f := range s.Subjects[1:] {
		m.Compared[f.Name] = f.Annotations
		m.Resources = append(m.Resources, resource{f.Name, "sha256", f.Digest.SHA256})
	}
	slices.SortFunc(m.Resources, func(a, b resource) int { return cmp.Compare(a.Name, b.Name) })
	root, err := m.root()
	if err != nil {
		return nil, err
	}
	predicate, err := encodeJSON(m)
	if err != nil {
		return nil, err
	}
	payload, err := encodeJSON(statement{statementType, []Subject{NewSubject(s.Subjects[0].Name, root)}, modelSigning, predicate})
	if err != nil {
		return nil, err
	}
	b := bundle{MediaType: bundleType}
	b.Material.Log = []struct{}{}
	if b.Material.PublicKey.Hint, err = hint(public); err != nil {
		return nil, err
	}
	if b.Envelope, err = seal(payload, key); err != nil {
		return nil, err
	}
	return json.Marshal(b)
}

// hint is how bundles name keys.
func hint(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("attest: %w", err)
	}
	sum := sha256.Sum256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return hex.EncodeToString(sum[:]), nil
}

// parseManifest reads the statement of a bundle.
func parseManifest(doc statement) (*Statement, error) {
	var m manifest
	if err := json.Unmarshal(doc.Predicate, &m); err != nil {
		return nil, fmt.Errorf("attest: the statement's predicate: %w", err)
	}
	if len(m.Receipt) == 0 {
		return nil, errors.New("attest: the statement is about the files of a folder and holds no receipt: model_signing verify checks those")
	}
	root, err := m.root()
	switch {
	case err != nil:
		return nil, err
	case len(m.Resources) > maxSubjects:
		return nil, fmt.Errorf("attest: the statement is about %d files", len(m.Resources))
	case len(doc.Subject) != 1 || doc.Subject[0].Digest.SHA256 != root:
		return nil, errors.New("attest: the statement's subject is not its files")
	}
	r, err := receipt.Parse(m.Receipt)
	if err != nil {
		return nil, fmt.Errorf("attest: the statement's receipt: %w", err)
	}
	s := &Statement{[]Subject{NewSubject(doc.Subject[0].Name, r.Model.SHA256)}, r}
	for _, f := range m.Resources {
		subject := NewSubject(f.Name, f.Digest)
		subject.Annotations = m.Compared[f.Name]
		s.Subjects = append(s.Subjects, subject)
	}
	return s, nil
}

// encodeJSON is JSON in which text stands as it is.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
