package exec_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestImages: a network that was compiled, stored and loaded gives the bits of one that was made at once, on
// floats and on integers; the same network gives the same bytes; bytes that are cut off or changed are an
// error or another image, never a panic.
func TestImages(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.PyTorch}
	y := n.conv(image(n, 5, 8, 7), 6, kernel(3, 1, 1, 1), 1, n.perChannel)
	y = n.u8(n.node(graph.Relu{}, y), 0.03, 0)
	z := n.node(graph.GlobalAveragePool{}, y)
	n.Outputs(z, y)
	item := n.spread(1)[0]
	for name, run := range map[string]struct {
		g *graph.Graph
		c exec.Config
	}{
		"floats": {n.Graph, exec.Config{}}, "simulated": {n.quantized(), exec.Config{Observe: []graph.ValueID{z}}},
		"integers": {n.quantized(), exec.Config{Integer: true, Keep: []graph.ValueID{y}}},
	} {
		t.Run(name, func(t *testing.T) {
			n, g, c := n.in(t), run.g, run.c
			want := n.outputs(g, c, item)
			var encoded [2][]byte
			for i := range encoded {
				m, err := exec.Compile(context.Background(), g, c)
				if err != nil {
					t.Fatal(err)
				}
				if encoded[i], err = m.Encode(); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(encoded[0], encoded[1]) {
				t.Error("compiled twice, the bytes differ")
			}
			m, err := exec.Decode(encoded[0])
			if err != nil {
				t.Fatal(err)
			}
			r, err := exec.Load(m, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for range 2 {
				if err := r.Run(t.Context(), item...); err != nil {
					t.Fatal(err)
				}
				for i := range want {
					n.same("output", r.Output(i), want[i], nil)
				}
			}
			b := encoded[0]
			for at := 0; at < len(b); at += 1 + at/16 {
				if _, err := exec.Decode(b[:at]); err == nil {
					t.Errorf("the first %d of %d bytes are an image", at, len(b))
				}
				changed := bytes.Clone(b)
				changed[at] ^= 0x15
				_, _ = exec.Decode(changed)
			}
		})
	}
}

// TestCompilingCanBeCancelled: who ends the context gets its error.
func TestCompilingCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := &network{Builder: graphtest.New(t), t: t}
	n.Outputs(n.node(graph.Relu{}, n.Input("x", 1, 4)))
	if _, err := exec.Compile(ctx, n.Graph, exec.Config{}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
