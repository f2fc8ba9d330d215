package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
)

// keyPair leaves a key as NAME.pem and NAME.pub in a folder.
func keyPair(t *testing.T, dir, name string, private crypto.Signer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	a, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: a}))
	put(t, filepath.Join(dir, name+".pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b}))
}

func TestAttestAndVerify(t *testing.T) {
	dir := folder(t)
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "r.json", "-o", "q.onnx")
	for _, name := range []string{"mine", "other"} {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		keyPair(t, dir, name, key, err)
	}
	succeed(t, dir, "attest", "r.json", "q.onnx", "--key", "mine.pem", "-o", "a.json")
	// A file of another network is not, and what cannot be compared is told.
	m := smallModel()
	m.Graph.Initializers[0].Raw[3] ^= 0x40
	put(t, filepath.Join(dir, "changed.onnx"), onnx.Encode(m))
	succeed(t, dir, "quantize", "changed.onnx", "images", "--recipe", "small.json", "-o", "w.onnx")
	if status, out, err := call(t, dir, "attest", "r.json", "w.onnx", "--key", "mine.pem", "-o", "w.json"); status != 1 || out != "" || !strings.Contains(err, "w.onnx is not signed with this receipt") {
		t.Errorf("another network: status %d, %s%s", status, out, err)
	}
	if out := succeed(t, dir, "attest", "r.json", "q.onnx", "--key", "mine.pem", "-o", "b.json"); !strings.Contains(out, "in part: the codes of the weights of") {
		t.Error(out)
	}
	if status, out, err := call(t, dir, "attest", "r.json", "q.onnx", "small.json", "--key", "mine.pem", "-o", "b.json"); status != 1 || out != "" || !strings.Contains(err, "small.json is not signed with this receipt: it is no ONNX file") {
		t.Errorf("no network: status %d, %s%s", status, out, err)
	}
	var v verification
	document(t, &v, dir, "verify", "a.json", "images", "--model", "small.onnx", "--key", "mine.pub")
	if v.Differs || !v.Signed || len(v.Subjects) != 2 || v.Subjects[1].Name != "q.onnx" || !strings.Contains(v.Subjects[1].Annotations.Compared, "biases") || v.Subjects[1].Digest.SHA256 != receipt.Sum(read(t, filepath.Join(dir, "q.onnx"))) {
		t.Errorf("%+v", v)
	}
	if out := succeed(t, dir, "verify", "a.json", "--model", "small.onnx"); !strings.Contains(out, "its signature not checked: --key PUBLIC.pem checks it\nit is about \"q.onnx\" too, ") {
		t.Errorf("without a key: %s", out)
	}
	for want, args := range map[string][]string{
		"not of this key":          {"a.json", "--key", "other.pub"},
		"nobody signed":            {"r.json", "--key", "mine.pub"},
		"no PUBLIC KEY in PEM":     {"a.json", "--key", "mine.pem"},
		"there is no file none.pu": {"a.json", "--key", "none.pub"},
	} {
		status, _, err := call(t, dir, append([]string{"verify", "--model", "small.onnx"}, args...)...)
		if status != 1 || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%v: status %d, %s", args, status, err)
		}
	}
	if status, _, err := call(t, dir, "attest", "r.json", "--key", "mine.pem", "-o", "mine.pem"); status != 1 {
		t.Errorf("the key is written over: status %d, %s", status, err)
	}
}

// With the model every file that the recipe makes is signed, whatever its format, and none with one number changed.
func TestAttestWithTheModel(t *testing.T) {
	dir := folder(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	keyPair(t, dir, "mine", key, err)
	for i, c := range []struct{ format, preset string }{{"qdq", "qdq"}, {"qoperator", "qdq"}, {"tensorrt", "tensorrt"}, {"snpe", "snpe"}, {"openvino", "openvino"}, {"wasm", "config1"}} {
		format := c.format
		out := "q.onnx"
		if format == "wasm" {
			out = "q.wasm"
		}
		where := fmt.Sprint(i)
		if err := os.Mkdir(filepath.Join(dir, where), 0o755); err != nil {
			t.Fatal(err)
		}
		succeed(t, dir, "quantize", "small.onnx", "images", "--config", c.preset, "--calibration", "16", "--receipt", where+"/r.json", "--format", format, "-o", where+"/"+out)
		written, err := os.ReadDir(filepath.Join(dir, where))
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, f := range written {
			if f.Name() != "r.json" {
				files = append(files, where+"/"+f.Name())
			}
		}
		sign := func(files ...string) (int, string, string) {
			args := append([]string{"attest", where + "/r.json"}, files...)
			return call(t, dir, append(args, "--model", "small.onnx", "--key", "mine.pem", "-o", where+"/a.json")...)
		}
		if status, out, said := sign(files...); status != 0 || strings.Count(out, "byte for byte the file of the "+format+" format") != len(files) {
			t.Errorf("%s: status %d, %s%s", format, status, out, said)
		}
		if format == "wasm" {
			continue
		}
		network := files[slices.IndexFunc(files, func(f string) bool { return strings.HasSuffix(f, ".onnx") })]
		again := func(change func(*onnx.Model)) string {
			m, err := onnx.Decode(read(t, filepath.Join(dir, network)))
			if err != nil {
				t.Fatal(err)
			}
			change(m)
			put(t, filepath.Join(dir, where, "again.onnx"), onnx.Encode(m))
			return where + "/again.onnx"
		}
		// Another program's bytes of the same network, where it can be read here.
		if format == "qdq" || format == "tensorrt" {
			if status, out, said := sign(again(func(m *onnx.Model) { m.ProducerName = "another program" })); status != 0 || !strings.Contains(out, "in other bytes the network of the "+format) {
				t.Errorf("%s, saved again: status %d, %s%s", format, status, out, said)
			}
		}
		for k := range 4 {
			changed := again(func(m *onnx.Model) {
				i := k % len(m.Graph.Initializers)
				raw := slices.Clone(m.Graph.Initializers[i].Raw)
				raw[len(raw)-1] ^= 1 << k
				m.Graph.Initializers[i].Raw = raw
			})
			if status, out, said := sign(changed); status != 1 || out != "" || !strings.Contains(said, "again.onnx is none of the files") {
				t.Errorf("%s, tensor %d changed: status %d, %s%s", format, k, status, out, said)
			}
		}
	}
	// The model of another receipt, and weights that images decide.
	m := smallModel()
	m.Graph.Initializers[0].Raw[3] ^= 0x40
	put(t, filepath.Join(dir, "changed.onnx"), onnx.Encode(m))
	if status, _, said := call(t, dir, "attest", "0/r.json", "0/q.onnx", "--model", "changed.onnx", "--key", "mine.pem", "-o", "a.json"); status != 1 || !strings.Contains(said, "changed.onnx is not the receipt's model") {
		t.Errorf("another model: status %d, %s", status, said)
	}
	for format, want := range map[string]string{"qdq": "", "tensorrt": "changes weights or biases with the images"} {
		if err := os.Mkdir(filepath.Join(dir, format), 0o755); err != nil {
			t.Fatal(err)
		}
		succeed(t, dir, "quantize", "small.onnx", "images", "--config", format, "--calibration", "16", "--refine", "gptq", "--receipt", "l.json", "--format", format, "-o", format+"/l.onnx")
		written, err := filepath.Glob(filepath.Join(dir, format, "*.onnx"))
		if err != nil || len(written) != 1 {
			t.Fatal(written, err)
		}
		status, out, said := call(t, dir, "attest", "l.json", format+"/"+filepath.Base(written[0]), "--model", "small.onnx", "--key", "mine.pem", "-o", "a.json")
		if (status == 0) != (want == "") || want == "" && !strings.Contains(out, "in part") || !strings.Contains(said, want) {
			t.Errorf("learned, %s: status %d, %s%s", format, status, out, said)
		}
	}
}

// What OpenSSF's model_signing checks is an attestation here too.
func TestAttestForModelSigning(t *testing.T) {
	dir := folder(t)
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "r.json", "-o", "q.onnx")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	keyPair(t, dir, "mine", key, err)
	succeed(t, dir, "attest", "r.json", "q.onnx", "--key", "mine.pem", "--model-signing", "-o", "model.json")
	var v verification
	document(t, &v, dir, "verify", "model.json", "--model", "small.onnx", "--key", "mine.pub")
	if v.Differs || !v.Signed || len(v.Subjects) != 2 || v.Subjects[1].Digest.SHA256 != receipt.Sum(read(t, filepath.Join(dir, "q.onnx"))) {
		t.Errorf("%+v", v)
	}
	if status, _, err := call(t, dir, "attest", "r.json", "--key", "mine.pem", "--model-signing", "-o", "none.json"); status != 1 || !strings.Contains(err, "name the quantized ones") {
		t.Errorf("of no files: status %d, %s", status, err)
	}
}

func TestShareAndVerifyTable(t *testing.T) {
	dir := folder(t)
	succeed(t, dir, "quantize", "small.onnx", "images", "--recipe", "small.json", "--receipt", "r.json")
	var s sharing
	document(t, &s, dir, "share", "r.json", "--site", "https://example.org", "--badge", "b.svg")
	if !strings.HasPrefix(s.Link, "https://example.org/#receipt=1") || !strings.Contains(string(read(t, filepath.Join(dir, "b.svg"))), s.Receipt) {
		t.Errorf("%+v", s)
	}
	// Somebody else's network, a changed figure, and what is no receipt.
	m := smallModel()
	m.Graph.Initializers[0].Raw[3] ^= 0x40
	put(t, filepath.Join(dir, "changed.onnx"), onnx.Encode(m))
	succeed(t, dir, "quantize", "changed.onnx", "images", "--recipe", "small.json", "--receipt", "w.json")
	r, err := receipt.Parse(read(t, filepath.Join(dir, "r.json")))
	if err != nil {
		t.Fatal(err)
	}
	r.Metrics.Agreement--
	forged, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "f.json"), forged)
	put(t, filepath.Join(dir, "x.json"), []byte("{}"))
	status, out, said := call(t, dir, "verify", "r.json", s.Link, "w.json", "f.json", "x.json", "images", "--model", "small.onnx", "--table", "--json")
	var rows []verdictRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || status != 1 || said != "" || len(rows) != 5 {
		t.Fatalf("status %d, %s, %s", status, out, said)
	}
	for i, want := range []struct {
		differs, refused bool
		cause            string
	}{{}, {}, {differs: true, cause: "Other weights"}, {differs: true, cause: "Figures that do not follow"}, {refused: true}} {
		r := rows[i]
		if r.Differs != want.differs || (r.Error != "") != want.refused || !strings.HasPrefix(r.Cause, want.cause) {
			t.Errorf("%s: %+v", r.Source, r)
		}
	}
	status, out, _ = call(t, dir, "verify", "r.json", "w.json", "--model", "small.onnx", "--table")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); status != 1 || len(lines) != 3 || !strings.Contains(lines[1], "not checked: give images") || !strings.Contains(lines[2], "differs") {
		t.Errorf("status %d\n%s", status, out)
	}
	if out := succeed(t, dir, "verify", "r.json", "images", "--model", "small.onnx", "--table"); !strings.Contains(strings.Split(out, "\n")[1], "match") || strings.Contains(out, "not checked") {
		t.Error(out)
	}
	put(t, filepath.Join(dir, "bom.json"), append([]byte("\ufeff"), read(t, filepath.Join(dir, "r.json"))...))
	if out := succeed(t, dir, "verify", "bom.json", "--model", "small.onnx"); !strings.Contains(out, "figures were not checked: give the images") {
		t.Error(out)
	}
	if status, _, said := call(t, dir, "verify", "r.json"); status != 2 || !strings.Contains(said, "--model is missing") {
		t.Errorf("without a model: status %d, %s", status, said)
	}
	if status, out, _ := call(t, dir, "verify", "r.json", "--model", "changed.onnx", "--layers"); status != 1 || !strings.Contains(out, "weights: ") {
		t.Errorf("status %d\n%s", status, out)
	}
}
