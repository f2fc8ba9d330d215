package look

import (
	"context"
	"errors"
	"testing"
)

// Every node with a kernel of its own takes time, and none twice; what is given up is not measured.
func TestTimes(t *testing.T) {
	j := sample(t)
	c := calibrated(t, j)
	got, err := Times(context.Background(), j, c)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range got.Nodes {
		if seen[n.Name] || n.Float < 0 || n.Quantized < 0 || n.Float+n.Quantized > 10 {
			t.Errorf("%+v", n)
		}
		seen[n.Name] = true
	}
	for _, n := range c.Float.Nodes {
		if n.Op.Type() == "Conv" && !seen[n.Name] {
			t.Errorf("%s takes no time", n.Name)
		}
	}
	given, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Times(given, j, c); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
