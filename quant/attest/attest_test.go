package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
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
