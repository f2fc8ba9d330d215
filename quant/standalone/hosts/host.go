// Command hosts runs a standalone network: go run host.go net.wasm [input.f32 …]
// Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/tetratelabs/wazero"
)

type tensor struct {
	Name  string
	Shape []uint32
	At    uint32
}

func (t tensor) len() uint32 {
	n := uint32(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("go run host.go net.wasm [input.f32 …]")
	}
	ctx := context.Background()
	file := must(os.ReadFile(os.Args[1]))
	end := max(0, len(file)-sha256.Size) // the file ends with the sum of all before
	if sum := sha256.Sum256(file[:end]); !bytes.Equal(sum[:], file[end:]) {
		log.Fatalf("%s does not run: it is not as it was written, copy it again", os.Args[1])
	}
	net, err := wazero.NewRuntime(ctx).Instantiate(ctx, file)
	if err != nil {
		log.Fatalf("%s does not run: %v", os.Args[1], err)
	}
	call := func(name string) uint32 {
		return uint32(append(must(net.ExportedFunction(name).Call(ctx)), 0)[0])
	}
	var about struct{ Inputs, Outputs []tensor }
	text, _ := net.Memory().Read(call("about"), call("about_size"))
	if err := json.Unmarshal(text, &about); err != nil {
		log.Fatal(err)
	}
	differ := call("check") // values of layers from those of the receipt's probes
	fmt.Printf("check: %d values differ\n", differ)
	if differ > 0 {
		log.Fatal("The network does not compute here what it computed when it was quantized: write it again.")
	}
	files := os.Args[2:]
	if len(files) == 0 {
		return
	}
	if len(files) != len(about.Inputs) {
		log.Fatalf("There are %d files, and the network has %d inputs.", len(files), len(about.Inputs))
	}
	for i, in := range about.Inputs {
		b := must(os.ReadFile(files[i]))
		if need := 4 * in.len(); uint64(len(b)) != uint64(need) {
			log.Fatalf("%s has %d bytes; input %s %d has %d, little-endian float32.", files[i], len(b), in.Name, in.Shape, need)
		}
		net.Memory().Write(in.At, b)
	}
	call("infer")
	for _, out := range about.Outputs {
		b, _ := net.Memory().Read(out.At, 4*out.len())
		x := make([]float32, out.len())
		binary.Decode(b, binary.LittleEndian, x)
		fmt.Println(out.Name+":", x)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n") // behind it is a stack trace
		log.Fatal(reason)
	}
	return x
}
