package calibrate_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Every observer sees in a network what it would see by itself, whatever the number of workers.
func TestEveryObserver(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var xs [][]float32
	for range 7 {
		x := make([]float32, 4)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		xs = append(xs, x)
	}
	for _, k := range observer.Kinds() {
		config := observer.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: k.Symmetric}, Axis: -1, Channels: 1}
		if k.Average {
			config.EMARatio = 0.9
		}
		alone, err := observer.New(k.Name, config)
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from < len(xs); from += 3 {
			batch := xs[from:min(from+3, len(xs))]
			observer.Batch(alone, func(see func(c int, x []float32)) {
				for _, x := range batch {
					see(0, x)
				}
			})
		}
		want, err := alone.Params()
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 3} {
			p := pass(t, 3)
			p.Quantizers[0].Observer, p.Quantizers[0].EMARatio, p.Quantizers[0].Scheme = k.Name, config.EMARatio, config.Scheme
			last := 0
			c, err := calibrate.Run(context.Background(), p, items(xs...), workers, func(done, total int) {
				if done < last || total != 7 {
					t.Errorf("%s: progress goes from %d to %d of %d", k.Name, last, done, total)
				}
				last = done
			})
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			if !reflect.DeepEqual(c.Params[0], want) {
				t.Errorf("%s, %d workers: %+v, want %+v", k.Name, workers, c.Params[0], want)
			}
			if last != 7 {
				t.Errorf("%s: progress ends at %d", k.Name, last)
			}
		}
	}
}

// An activation with a scale for each channel gets those of observers that look at one channel each.
func TestEveryObserverByChannel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var xs [][]float32
	for range 7 {
		x := make([]float32, 3*4)
		for i := range x {
			x[i] = float32(r.NormFloat64()) * float32(i/4+1)
		}
		xs = append(xs, x)
	}
	preset, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	preset.Data.Batch, preset.Activation.Scheme.PerChannel = 3, true
	for _, k := range observer.Kinds() {
		if k.PerTensor || k.PoT {
			continue
		}
		preset.Activation.Observer, preset.Activation.EMARatio = k.Name, 0
		if k.Average {
			preset.Activation.EMARatio = 0.9
		}
		b := graphtest.New(t)
		p, err := prepare.Prepare(b.Outputs(b.Conv("conv", b.Input("x", 1, 3, 2, 2), 2, 1)), preset)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		alone, err := observer.New(k.Name, observer.Config{Scheme: preset.Activation.Scheme, Axis: 1, Channels: 3, EMARatio: preset.Activation.EMARatio})
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from < len(xs); from += 3 {
			batch := xs[from:min(from+3, len(xs))]
			observer.Batch(alone, func(see func(c int, x []float32)) {
				for _, x := range batch {
					for c := range 3 {
						see(c, x[4*c:4*c+4])
					}
				}
			})
		}
		want, err := alone.Params()
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 3} {
			c, err := calibrate.Run(context.Background(), p, items(xs...), workers, quiet)
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			if !reflect.DeepEqual(c.Params[0], want) || len(want.Scale) != 3 {
				t.Errorf("%s, %d workers: %+v, want %+v", k.Name, workers, c.Params[0], want)
			}
		}
	}
}

// Where several workers look at values, an item that fails does not leave the others waiting, and it is
// its error that is told.
func TestFailingItemEndsTheLook(t *testing.T) {
	x := []float32{0, 1, 2, 3}
	for bad := range 6 {
		broken := fmt.Errorf("item %d is truncated", bad)
		seen := make([]int, 6)
		data := calibrate.Items{Len: 6, Inputs: func(i int) ([][]float32, error) {
			if seen[i]++; i == bad && seen[i] == 2 {
				return nil, broken
			}
			return [][]float32{x}, nil
		}}
		p := pass(t, 6)
		p.Quantizers[0].Observer, p.Quantizers[0].EMARatio = "mse", 0
		if _, err := calibrate.Run(context.Background(), p, data, 3, quiet); !errors.Is(err, broken) {
			t.Errorf("item %d: %v", bad, err)
		}
	}
}
