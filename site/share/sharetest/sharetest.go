// Package sharetest holds what every platform of the share service must do. Each platform's test
// starts its server and calls Contract with its address.
package sharetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// timeout bounds one exchange; a Worker's first request compiles its program.
const timeout = 30 * time.Second

// Receipt returns a receipt of an invented result; another seed gives another receipt.
func Receipt(t testing.TB, seed uint64) *receipt.Receipt {
	t.Helper()
	rec := recipe.Recipe{
		Format: recipe.Format, Name: "config1", Backend: "academic", Rule: scheme.PyTorch,
		Weight:     recipe.Quantizer{FakeQuant: "fixed", Observer: "minmax", Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}},
		Activation: recipe.Quantizer{FakeQuant: "fixed", Observer: "ema_minmax", EMARatio: 0.9, Scheme: scheme.QScheme{Bits: 8}},
		Preprocess: recipe.Preprocess{Width: 28, Height: 28, Channels: "gray", Layout: "nchw", Scale: 1.0 / 255,
			Mean: []float32{0.1307}, Std: []float32{0.3081}},
		Data: recipe.Data{Calibration: 100, Batch: 10, Evaluation: 500, Seed: seed >> 11}, // JSON's readers keep 53 bits
	}
	digest, err := rec.Digest()
	if err != nil {
		t.Fatal(err)
	}
	sum := func(what string) string { return receipt.Sum(fmt.Appendf(nil, "%s %d", what, seed)) }
	return &receipt.Receipt{
		Format: receipt.Format, Engine: "contract test",
		Model:  receipt.Model{SHA256: sum("model"), Bytes: 1000, Name: "réseau <1>.onnx"},
		Recipe: rec, RecipeDigest: digest,
		Data: receipt.Data{
			Calibration: receipt.Set{Digest: sum("calibration"), Count: 100},
			Evaluation:  receipt.Set{Digest: sum("evaluation"), Count: 500}},
		Digests: receipt.Digests{QParams: sum("qparams"), Logits: sum("logits"), Integer: sum("integer")},
		Metrics: receipt.Metrics{N: 500, Labelled: 500, Top1Float: 400, Top1Quant: 390, Top1Integer: 389, Agreement: 480, BytesBefore: 1000, BytesAfter: 300},
	}
}

// answer is a response with its body read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// client sends requests to one server over kept connections.
type client struct {
	base string
	http *http.Client
}

func newClient(base string) *client {
	// One connection, so that what one request leaves behind meets the next.
	return &client{base: base, http: &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{MaxConnsPerHost: 1, DisableCompression: true},
	}}
}

func (c *client) do(t *testing.T, method, path string, body io.Reader, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// raw sends a request line as it is, on a connection of its own.
func (c *client) raw(t *testing.T, line string) answer {
	t.Helper()
	host := strings.TrimPrefix(c.base, "http://")
	conn, err := net.DialTimeout("tcp", host, timeout)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(timeout))
	fmt.Fprintf(conn, "%s\r\nHost: %s\r\nConnection: close\r\n\r\n", line, host)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return answer{res.StatusCode, res.Header, b}
}
