// Command bench times the kernels in headless Chromium on the convolutions and fully connected
// layers of three networks, one thread, and prints GOP/s for each shape, and beside their sum what the
// instruction they are made of gives with nothing else to do. It needs node, Chromium
// (CHROMIUM, default /usr/bin/chromium) and playwright-core (PLAYWRIGHT, a node_modules folder;
// default site/e2e/node_modules).
//
//	go run ./kernels/bench [-kind f32|relaxed|i16] [-network mobilenet_v2] [-layer dw]
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
)

//go:embed run.mjs
var script string

// job is what run.mjs gets: image begins the arena, all after it is filled with 0.5; each record is
// a call to time. Limit is a module of its own.
type job struct {
	Module  []byte
	Image   []byte
	Bytes   uint32
	Records []uint32
	Limit   []byte
}

// result is what it gives, in milliseconds: of a call of each record, and of limitRounds of Limit.
type result struct {
	Times []float64
	Limit float64
}

func main() {
	network := flag.String("network", "", "only this network")
	layer := flag.String("layer", "", "only layers whose name contains this")
	kind := flag.String("kind", "f32", "f32, relaxed (int8 by the relaxed dot product) or i16 (int8 by dot_i16x8)")
	flag.Parse()
	kinds := map[string]arithmetic{"f32": floats(), "relaxed": integers(call.DotU8), "i16": integers(call.DotI16)}
	a, ok := kinds[*kind]
	if !ok {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(a, *network, *layer); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(a arithmetic, only, contains string) error {
	for _, n := range networks() {
		if only != "" && n.name != only {
			continue
		}
		var layers []layer
		for _, l := range n.layers {
			if strings.Contains(l.String(), contains) {
				layers = append(layers, l)
			}
		}
		if len(layers) == 0 {
			continue
		}
		r, err := measure(layers, a)
		if err != nil {
			return err
		}
		times, limit := r.Times, limitOperations(a)/r.Limit/1e6
		var ms, flop float64
		fmt.Println(n.name)
		for i, l := range layers {
			fmt.Printf("  %-24s ×%d %8.3f ms %6.1f GOP/s\n", l, l.count, times[i], l.flop()/times[i]/1e6)
			ms += times[i] * float64(l.count)
			flop += l.flop() * float64(l.count)
		}
		fmt.Printf("  %-24s    %8.3f ms %6.1f GOP/s, %.0f %% of the limit %.0f\n", "all", ms, flop/ms/1e6, 100*flop/ms/1e6/limit, limit)
	}
	return nil
}

// measure times one call of each layer.
func measure(layers []layer, a arithmetic) (r result, err error) {
	image, total, records := arrange(layers, a)
	in, err := json.Marshal(job{kernels.Module(a.kernels, false), image, total, records, limitModule(a)})
	if err != nil {
		return r, err
	}
	node := exec.Command("node", "--input-type=module", "-e", script)
	node.Stdin, node.Stderr = bytes.NewReader(in), os.Stderr
	out, err := node.Output()
	if err != nil {
		return r, fmt.Errorf("node: %w", err)
	}
	return r, json.Unmarshal(out, &r)
}
