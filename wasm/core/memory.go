//go:build js

package main

import (
	"context"
	"fmt"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
)

const (
	// heap is what Go's memory can grow to in WebAssembly, and copies how often the bytes of a model are in
	// it at a time: the file, its tensors, and what is written.
	heap   = 4 << 30
	copies = 3
	// plenty is what the kernels may take where the browser does not tell the device's memory.
	plenty = 4 << 30
)

// allowed is how many bytes the kernels may take: half of the memory that the browser says the device has.
func allowed() int64 {
	if gib := js.Global().Get("navigator").Get("deviceMemory"); gib.Type() == js.TypeNumber {
		return int64(gib.Float() * (1 << 29))
	}
	return plenty
}

// readable refuses files that Go's memory has no room for, before they are read.
func readable(parts []js.Value) error {
	total := 0.0
	for _, p := range parts {
		total += p.Get("size").Float()
	}
	if need := int64(copies * total); need > heap {
		return fmt.Errorf("the model's %d MiB would take %d MiB of memory while it is quantized, more than the %d MiB that WebAssembly has: use a smaller model",
			int64(total)>>20, need>>20, int64(heap)>>20)
	}
	return nil
}

// afford is how many of the workers there is memory for, and what they take. A model for which there is
// not enough with one is refused.
func afford(m *quant.Model, workers int) (n int, bytes int64, err error) {
	memory, err := m.Memory(context.Background())
	if err != nil {
		return 0, 0, err
	}
	for n = workers; ; n-- {
		if bytes = memory.Quantizing(n); bytes <= allowed() {
			return n, bytes, nil
		}
		if n == 1 {
			return 0, 0, fmt.Errorf("the network needs %d MiB of memory to be quantized, more than the %d MiB that this device can give it: use a smaller input size or another device",
				bytes>>20, allowed()>>20)
		}
	}
}
