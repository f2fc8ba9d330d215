// Command hosts runs a standalone network: go run host.go net.wasm [input.f32 …]
// Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/tetratelabs/wazero"
)

type tensor struct {
	Name  string
	Shape []uint32
	At    uint32
}

func main() {
	ctx := context.Background()
	net, err := wazero.NewRuntime(ctx).Instantiate(ctx, must(os.ReadFile(os.Args[1])))
	if err != nil {
		log.Fatal(err)
	}
	call := func(name string) uint32 {
		return uint32(append(must(net.ExportedFunction(name).Call(ctx)), 0)[0])
	}
	var about struct{ Inputs, Outputs []tensor }
	text, _ := net.Memory().Read(call("about"), call("about_size"))
	if err := json.Unmarshal(text, &about); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("check: %d numbers differ\n", call("check")) // from those of the receipt's probes
	if len(os.Args)-2 != len(about.Inputs) {
		return
	}
	for i, in := range about.Inputs {
		net.Memory().Write(in.At, must(os.ReadFile(os.Args[2+i])))
	}
	call("infer")
	for _, out := range about.Outputs {
		n := uint32(1)
		for _, d := range out.Shape {
			n *= d
		}
		b, _ := net.Memory().Read(out.At, 4*n)
		x := make([]float32, n)
		binary.Decode(b, binary.LittleEndian, x)
		fmt.Println(out.Name+":", x)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return x
}
