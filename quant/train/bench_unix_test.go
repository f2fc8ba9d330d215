//go:build unix

package train

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// BenchmarkStep times a step of training on one thread beside our own fake-quantized forward of the same batch, each of
// them in turn, in seconds of the processor, so that other programs count little: x/forward is the ratio of the least
// times. With -v it says where a step's time goes. In brackets what PyTorch 1.13 takes natively under MQBench for the
// same step (../shared/golden/qat_run/step_times.json).
func BenchmarkStep(b *testing.B) {
	for _, net := range []struct {
		file  string
		batch int
		torch float64
	}{
		{"resnet20_cifar10_bn", 64, .197}, {"mobilenetv2", 8, .728}, {"squeezenet1_0", 8, .640},
	} {
		b.Run(fmt.Sprintf("%s/%d", net.file, net.batch), func(b *testing.B) {
			c := benchCalibrated(b, net.file+".onnx")
			trainer := New(c, Config{Optimizer: Optimizer{Kind: "sgd", Momentum: 0.9}}, nil)
			defer trainer.Close()
			wide, err := WithBatch(c.Quantized(calibrate.All).Graph, net.batch)
			if err != nil {
				b.Fatal(err)
			}
			forward, err := exec.New(b.Context(), wide, exec.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer forward.Close()
			r := rand.New(rand.NewPCG(1, 2))
			x := make([]float32, graph.Len(wide.Values[wide.Inputs[0]].Shape))
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			classes := graph.Len(wide.Values[wide.Outputs[0]].Shape) / net.batch
			target := make([]float32, net.batch*classes)
			for i := range net.batch {
				target[i*classes+i%classes] = 1
			}
			step := func() {
				if _, _, err := trainer.Step(b.Context(), net.batch, 1e-4, [][]float32{x}, target, nil); err != nil {
					b.Fatal(err)
				}
			}
			step()
			if testing.Verbose() {
				b.Log(spent(b, trainer.now.run, trainer.now.Graph))
			}
			least := [2]time.Duration{1 << 62, 1 << 62}
			for b.Loop() {
				began := processor(b)
				step()
				between := processor(b)
				if err := forward.Run(b.Context(), x); err != nil {
					b.Fatal(err)
				}
				least[0], least[1] = min(least[0], between-began), min(least[1], processor(b)-between)
			}
			b.ReportMetric(least[0].Seconds(), "s/step")
			b.ReportMetric(least[1].Seconds(), "s/forward")
			b.ReportMetric(least[0].Seconds()/least[1].Seconds(), "x/forward")
			b.ReportMetric(least[0].Seconds()/net.torch, fmt.Sprintf("x/torch(%v)", net.torch))
		})
	}
}

// processor is how long this process has computed.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchCalibrated is a shared network as step_times.json has it: 8 bits, learnable, weights symmetric per channel.
func benchCalibrated(b *testing.B, file string) *calibrate.Calibrated {
	b.Helper()
	g := network.Decode(b, shared.Read(b, "models", file))
	how, err := recipe.Preset("config1")
	if err != nil {
		b.Fatal(err)
	}
	how.Weight.FakeQuant, how.Activation.FakeQuant = "learnable", "learnable"
	p, err := prepare.Prepare(g, how)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	c, err := calibrate.Run(b.Context(), p, calibrate.Items{Len: 1, Inputs: func(int) ([][]float32, error) { return [][]float32{x}, nil }}, 1, func(int, int) {})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// calls asks for every call that takes a hundredth of a step.
var calls = flag.Bool("calls", false, "BenchmarkStep -v lists single calls, with their shapes")

// spent lists what the calls of a run take, by the last part of their nodes' names and their kernels, the largest first; of
// products with how many operations a second their sums have, two a product of the plain sum, whatever form it takes.
func spent(b *testing.B, run *exec.Runner, g *graph.Graph) string {
	b.Helper()
	var timings []exec.Timing
	for range 2 {
		again, err := run.ProfileBy(1, func() time.Duration { return processor(b) })
		if err != nil {
			b.Fatal(err)
		}
		for i := range timings {
			again[i].Time = min(again[i].Time, timings[i].Time)
		}
		timings = again
	}
	nodes := map[string]graph.Node{}
	for _, n := range g.Nodes {
		nodes[n.Name] = n
	}
	type share struct {
		time  time.Duration
		calls int
		work  float64
	}
	total, shares, single := time.Duration(0), map[string]share{}, map[string]share{}
	for _, t := range timings {
		part := t.Node[strings.LastIndex(t.Node, "/")+1:]
		if !strings.Contains(t.Node, "/") {
			part = "forward"
		}
		add := func(list map[string]share, key string) {
			s := list[key]
			s.time, s.calls = s.time+t.Time, s.calls+1
			if slices.Contains([]call.ID{call.F32IGEMM, call.F32DWConv, call.F32DWGrad, call.F32Winograd, call.F32Winograd3, call.F32Winograd4, call.F32ConvGrad, call.F32WinogradGrad}, t.Kernel) {
				s.work += operations(g, nodes[t.Node])
			}
			list[key] = s
		}
		total += t.Time
		add(shares, fmt.Sprintf("%-20s %-20s kernel %d", part, t.Op, t.Kernel))
		var shapes [][]int
		for _, v := range append(slices.Clone(nodes[t.Node].Inputs), nodes[t.Node].Outputs...) {
			if v != graph.None {
				shapes = append(shapes, g.Values[v].Shape)
			}
		}
		add(single, fmt.Sprintf("kernel %-2d %s %v", t.Kernel, t.Node, shapes))
	}
	list := []string{fmt.Sprintf("%d calls, %v", len(timings), total)}
	print := func(shares map[string]share, least float64) {
		for _, k := range slices.SortedFunc(maps.Keys(shares), func(x, y string) int { return cmp.Compare(shares[y].time, shares[x].time) }) {
			s := shares[k]
			if s.time.Seconds() < least*total.Seconds() {
				break
			}
			rate := ""
			if s.work > 0 {
				rate = fmt.Sprintf("%.1f GFLOP/s", s.work/s.time.Seconds()/1e9)
			}
			list = append(list, fmt.Sprintf("%5.1f %%  %10v  ×%-4d %14s  %s", 100*s.time.Seconds()/total.Seconds(), s.time.Round(time.Microsecond), s.calls, rate, k))
		}
	}
	print(shares, .0005)
	if *calls {
		print(single, .005)
	}
	return strings.Join(list, "\n")
}

// operations are two for each product that the plain sums of a convolution or of its gradient have.
func operations(g *graph.Graph, n graph.Node) float64 {
	length := func(v graph.ValueID) float64 { return float64(graph.Len(g.Values[v].Shape)) }
	switch op := n.Op.(type) {
	case graph.Conv: // each output is a sum over a kernel
		return 2 * length(n.Outputs[0]) * length(n.Inputs[1]) / float64(g.Values[n.Inputs[1]].Shape[0])
	case graph.ConvTranspose:
		return 2 * length(n.Inputs[0]) * length(n.Inputs[1]) / float64(g.Values[n.Inputs[1]].Shape[0]) / float64(op.Strides[0]*op.Strides[1]) // one call for each phase
	case graph.ConvGradient:
		return 2 * length(n.Inputs[1]) * length(n.Outputs[0]) / float64(g.Values[n.Outputs[0]].Shape[0])
	}
	return 0
}
