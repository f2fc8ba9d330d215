package attest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
)

// receipts are the samples of both versions.
func receipts(t testing.TB) []*receipt.Receipt {
	t.Helper()
	var out []*receipt.Receipt
	for _, name := range []string{"../receipt/testdata/receipt-1.json", "../receipt/testdata/receipt-2.json"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := receipt.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// keys are one of every kind, through their PEM forms.
func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	out := map[string]crypto.Signer{}
	add := func(name string, key any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = PrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	add("ed25519", ed, err)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		add(curve.Params().Name, key, err)
	}
	return out
}

func TestSignAndVerify(t *testing.T) {
	all := keys(t)
	for name, key := range all {
		for _, r := range receipts(t) {
			doc, err := Sign(Statement{[]Subject{NewSubject("model.onnx", r.Model.SHA256), NewSubject("quantized.onnx", receipt.Sum(nil))}, r}, key)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !LooksLike(doc) {
				t.Error("an envelope does not look like one")
			}
			e, err := Read(doc)
			if err != nil {
				t.Fatal(err)
			}
			s, err := e.Statement()
			if err != nil {
				t.Fatal(err)
			}
			want, _ := r.Digest()
			if got, _ := s.Receipt.Digest(); got != want || s.Subjects[1] != NewSubject("quantized.onnx", receipt.Sum(nil)) {
				t.Errorf("%s: %+v", name, s.Subjects)
			}
			for other, k := range all {
				if err := e.Verify(k.Public()); (err == nil) != (other == name) {
					t.Errorf("signed by %s, checked with %s: %v", name, other, err)
				}
			}
			payload, _ := base64.StdEncoding.DecodeString(e.Payload)
			payload[len(payload)/2] ^= 1
			e.Payload = base64.StdEncoding.EncodeToString(payload)
			if e.Verify(key.Public()) == nil {
				t.Errorf("%s: a changed payload passes", name)
			}
		}
	}
}

// DSSE's own example, from its protocol: the encoding that is signed.
func TestEncoding(t *testing.T) {
	if got, want := string(encode([]byte("hello world"))), "DSSEv1 28 application/vnd.in-toto+json 11 hello world"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The statement has the fields of in-toto's Statement v1, under their names.
func TestStatement(t *testing.T) {
	r := receipts(t)[1]
	doc, err := Sign(Statement{[]Subject{NewSubject("m.onnx", r.Model.SHA256)}, r}, keys(t)["ed25519"])
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(doc, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(e["payload"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m.onnx","digest":{"sha256":"` + r.Model.SHA256 + `"}}],"predicateType":"https://github.com/quantscope/quantscope/receipt/v2","predicate":{`; !strings.HasPrefix(string(payload), want) {
		t.Errorf("%.400s", payload)
	}
	if _, err := Sign(Statement{[]Subject{NewSubject("m.onnx", receipt.Sum(nil))}, r}, keys(t)["P-256"]); err == nil {
		t.Error("a statement about another model is signed")
	}
}

// A bundle is what model_signing reads (its format is in bundle.go), and is read here like an envelope.
func TestBundle(t *testing.T) {
	all := keys(t)
	r := receipts(t)[1]
	files := []Subject{NewSubject("model", r.Model.SHA256), NewSubject("b.onnx", receipt.Sum([]byte("b"))), NewSubject("a.onnx", receipt.Sum([]byte("a")))}
	if _, err := SignBundle(Statement{files, r}, all["ed25519"]); err == nil || !strings.Contains(err.Error(), "ECDSA") {
		t.Errorf("an ed25519 key: %v", err)
	}
	if _, err := SignBundle(Statement{files[:1], r}, all["P-256"]); err == nil {
		t.Error("a bundle of no files")
	}
	for _, name := range []string{"P-256", "P-384", "P-521"} {
		doc, err := SignBundle(Statement{files, r}, all[name])
		if err != nil {
			t.Fatal(err)
		}
		// Field by field, as the tool reads it.
		var b struct {
			MediaType            string
			VerificationMaterial struct {
				PublicKey   struct{ Hint string }
				TlogEntries []any
			}
			DsseEnvelope struct {
				Payload     []byte
				PayloadType string
				Signatures  []struct{ Sig []byte }
			}
		}
		if err := json.Unmarshal(doc, &b); err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(all[name].Public())
		if err != nil {
			t.Fatal(err)
		}
		if b.MediaType != "application/vnd.dev.sigstore.bundle.v0.3+json" || b.VerificationMaterial.TlogEntries == nil ||
			b.VerificationMaterial.PublicKey.Hint != receipt.Sum(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})) {
			t.Errorf("%.300s", doc)
		}
		var s struct {
			Type          string `json:"_type"`
			Subject       []Subject
			PredicateType string
			Predicate     struct {
				Serialization map[string]any
				Resources     []struct{ Name, Algorithm, Digest string }
			}
		}
		if err := json.Unmarshal(b.DsseEnvelope.Payload, &s); err != nil {
			t.Fatal(err)
		}
		one, two := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
		if s.Type != "https://in-toto.io/Statement/v1" || s.PredicateType != "https://model_signing/signature/v1.0" || len(s.Subject) != 1 ||
			s.Subject[0].Digest.SHA256 != receipt.Sum(append(one[:], two[:]...)) || len(s.Predicate.Resources) != 2 ||
			s.Predicate.Resources[0].Name != "a.onnx" || s.Predicate.Resources[0].Algorithm != "sha256" || s.Predicate.Resources[0].Digest != hex.EncodeToString(one[:]) ||
			s.Predicate.Serialization["method"] != "files" || s.Predicate.Serialization["hash_type"] != "sha256" || s.Predicate.Serialization["allow_symlinks"] != false {
			t.Errorf("%.600s", b.DsseEnvelope.Payload)
		}
		if !LooksLike(doc) {
			t.Error("a bundle does not look like one")
		}
		e, err := Read(doc)
		if err != nil {
			t.Fatal(err)
		}
		back, err := e.Statement()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back.Subjects, []Subject{files[0], files[2], files[1]}) || back.Receipt.RecipeDigest != r.RecipeDigest {
			t.Errorf("%+v", back.Subjects)
		}
		for other, k := range all {
			if err := e.Verify(k.Public()); (err == nil) != (other == name) {
				t.Errorf("signed by %s, checked with %s: %v", name, other, err)
			}
		}
		// A file that is another one than its digest says to the whole.
		e.Payload = base64.StdEncoding.EncodeToString(bytes.Replace(b.DsseEnvelope.Payload, []byte(s.Predicate.Resources[0].Digest), []byte(receipt.Sum(nil)), 1))
		if _, err := e.Statement(); err == nil || e.Verify(all[name].Public()) == nil {
			t.Error("a changed file passes")
		}
	}
}

func TestWrongKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}))
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))
	if _, err := PrivateKey([]byte(private)); err != nil {
		t.Error(err)
	}
	if _, err := PublicKey([]byte(public)); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"":     "no key in PEM",
		public: "this is a public key",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n": "encrypted",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n":     "OPENSSH PRIVATE KEY",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n":                     "cannot be read",
	} {
		if _, err := PrivateKey([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v, want %q", text, err, want)
		}
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if spki, err = x509.MarshalPKIXPublicKey(other.Public()); err != nil {
		t.Fatal(err)
	}
	if _, err := PublicKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})); err == nil || !strings.Contains(err.Error(), "the key is an RSA key; ed25519 and ECDSA") {
		t.Errorf("an RSA key: %v", err)
	}
	for _, text := range []string{"", private, strings.Replace(public, "M", "A", 1)} {
		if _, err := PublicKey([]byte(text)); err == nil {
			t.Errorf("%.40q is read", text)
		}
	}
}

func FuzzRead(f *testing.F) {
	r := receipts(f)[1]
	doc, err := Sign(Statement{[]Subject{NewSubject("m.onnx", r.Model.SHA256)}, r}, keys(f)["ed25519"])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	if doc, err = SignBundle(Statement{[]Subject{NewSubject("m", r.Model.SHA256), NewSubject("q.onnx", receipt.Sum(nil))}, r}, keys(f)["P-256"]); err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"e30="}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := Read(doc)
		if err != nil {
			return
		}
		if s, err := e.Statement(); err == nil && s.Subjects[0].Digest.SHA256 != s.Receipt.Model.SHA256 {
			t.Error("a statement about another model")
		}
	})
}
