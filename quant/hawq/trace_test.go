package hawq_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/hawq"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// The traces are those computed exactly from MQBench's network, to 2 %; and the same with two workers.
func TestTracesAreExact(t *testing.T) {
	var golden struct {
		Layers map[string]struct {
			Trace float64 `json:"trace_exact"`
		}
	}
	if err := json.Unmarshal(shared.Read(t, "golden", "hawq", "hessian.json"), &golden); err != nil {
		t.Fatal(err)
	}
	var chosen []int
	if err := json.Unmarshal(shared.Read(t, "golden", "qat_run", "calib_indices.json"), &chosen); err != nil {
		t.Fatal(err)
	}
	g := network.Shared(t, "resnet20_cifar10_bn")
	var weights []graph.ValueID
	var names []string
	for v, x := range g.Values {
		if name, ok := strings.CutSuffix(x.Name, ".weight"); ok && len(x.Shape) > 1 {
			weights, names = append(weights, graph.ValueID(v)), append(names, name)
		}
	}
	pixels := shared.Read(t, "golden", "data", "cifar10_train6000_u8.bin")
	mean, std := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	items := calibrate.Items{Len: 32, Inputs: func(i int) ([][]float32, error) {
		const side = 32 * 32
		x := make([]float32, 3*side)
		for k, b := range pixels[3*side*chosen[i]:][:3*side] {
			x[k%3*side+k/3] = (float32(b)/255 - mean[k%3]) / std[k%3]
		}
		return [][]float32{x}, nil
	}}
	traces, err := hawq.Traces(context.Background(), g, weights, items, 0, 2, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for k, name := range names {
		want, ok := golden.Layers[name]
		if !ok {
			t.Logf("MQBench has no layer %s", name)
			continue
		}
		found++
		if d := math.Abs(traces[k]/want.Trace - 1); d > 0.02 {
			t.Errorf("%s: trace %g, exactly %g", name, traces[k], want.Trace)
		}
	}
	if found != len(golden.Layers) {
		t.Errorf("%d of %d layers compared", found, len(golden.Layers))
	}
	items.Len = 2
	one, err := hawq.Traces(context.Background(), g, weights[:2], items, 0, 1, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	two, err := hawq.Traces(context.Background(), g, weights[:2], items, 0, 2, func(int, int) {})
	if err != nil || one[0] != two[0] || one[1] != two[1] {
		t.Errorf("%v with one worker, %v with two, %v", one, two, err)
	}
}
