package diagnose_test

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// cosineTolerance is within what the cosines of MQBench's table must be.
const cosineTolerance = 1e-4

// MQBench's table of cosines, row by row.
func TestProfiling(t *testing.T) {
	var indices []int
	if err := json.Unmarshal(shared.Read(t, "golden", "qat_run", "calib_indices.json"), &indices); err != nil {
		t.Fatal(err)
	}
	g, train := network.Shared(t, "resnet20_cifar10_bn"), images(t, "cifar10_train6000_u8.bin", "cifar")
	for _, bits := range []int{4, 8} {
		name := map[int]string{4: "resnet20_config1_w4a4.json", 8: "resnet20_config1_w8a8.json"}[bits]
		type row struct {
			Op, Name string
			Cos      float64
		}
		var golden struct{ Standalone, Interaction []row }
		if err := json.Unmarshal(shared.Read(t, "golden", "profiling", name), &golden); err != nil {
			t.Fatal(err)
		}
		r := preset(t, "config1")
		r.Weight.Scheme.Bits, r.Activation.Scheme.Bits, r.Data.Batch, r.MQBenchExact = bits, bits, 64, true
		c := calibrated(t, g, r, train.items(indices[:256]).Items)
		p, err := diagnose.Profiling(context.Background(), c, train.items(indices[256:272]).Items, 2, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []struct {
			name string
			got  []diagnose.Profiled
			want []row
		}{{"standalone", p.Standalone, golden.Standalone}, {"interaction", p.Interaction, golden.Interaction}} {
			if len(side.got) != len(side.want) {
				t.Fatalf("%d bits, %s: %d rows, MQBench has %d", bits, side.name, len(side.got), len(side.want))
			}
			most := 0.0
			for i, w := range side.want {
				d := math.Abs(side.got[i].Cosine - w.Cos)
				if most = max(most, d); d > cosineTolerance {
					t.Errorf("%d bits, %s: %s has %.6f, MQBench's %s %.6f", bits, side.name, side.got[i].Name, side.got[i].Cosine, w.Name, w.Cos)
				}
			}
			t.Logf("%d bits, %s: within %.1e", bits, side.name, most)
		}
	}
}
