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
	Name      string
	Shape     []int
	At, Bytes uint32
}

func main() {
	log.SetFlags(0)
	require(len(os.Args) > 1, "go run host.go net.wasm [input.f32 …]")
	name, files, ctx := os.Args[1], os.Args[2:], context.Background()
	file := must(os.ReadFile(name))
	end := max(0, len(file)-sha256.Size) // the file ends with the sum of all before
	sum := sha256.Sum256(file[:end])
	require(bytes.Equal(sum[:], file[end:]), "%s does not run: it is not as it was written, copy it again", name)
	net, err := wazero.NewRuntime(ctx).Instantiate(ctx, file)
	require(err == nil, "%s does not run: %v", name, err)
	call := func(name string) uint32 { return uint32(append(must(net.ExportedFunction(name).Call(ctx)), 0)[0]) }
	read := func(at, n uint32) []byte { b, _ := net.Memory().Read(at, n); return b }
	var about struct{ Inputs, Outputs []tensor }
	err = json.Unmarshal(read(call("about"), call("about_size")), &about)
	require(err == nil, "%s is no standalone network: %v", name, err)
	differ := call("check") // values of layers from those of the receipt's probes
	fmt.Printf("check: %d values differ\n", differ)
	require(differ == 0, "The network does not compute here what it computed when it was quantized: write it again.")
	if len(files) == 0 {
		return
	}
	require(len(files) == len(about.Inputs), "There are %d files, and the network has %d inputs.", len(files), len(about.Inputs))
	for i, in := range about.Inputs {
		b := must(os.ReadFile(files[i]))
		require(uint32(len(b)) == in.Bytes, "%s has %d bytes; input %s %d has %d, little-endian float32.", files[i], len(b), in.Name, in.Shape, in.Bytes)
		net.Memory().Write(in.At, b)
	}
	call("infer")
	for _, out := range about.Outputs {
		x := make([]float32, out.Bytes/4)
		binary.Decode(read(out.At, out.Bytes), binary.LittleEndian, x)
		fmt.Println(out.Name+":", x)
	}
}

func require(ok bool, otherwise string, args ...any) {
	if !ok {
		reason, _, _ := strings.Cut(fmt.Sprintf(otherwise, args...), "\n") // behind it is a stack trace
		log.Fatal(reason)
	}
}

func must[T any](x T, err error) T {
	require(err == nil, "%v", err)
	return x
}
