package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
)

// histogram counts the operators of a graph, by name.
func histogram(g *graph.Graph) string {
	count := map[string]int{}
	var list []string
	for _, n := range g.Nodes {
		if count[n.Op.Type()]++; count[n.Op.Type()] == 1 {
			list = append(list, n.Op.Type())
		}
	}
	slices.Sort(list)
	for i, name := range list {
		list[i] = fmt.Sprintf("%s:%d", name, count[name])
	}
	return strings.Join(list, " ")
}

// TestSharedModels builds the shared networks, and builds them again from what ToModel writes.
func TestSharedModels(t *testing.T) {
	want := map[string]string{
		"efficientnet_b0_cifar10_bn.onnx": "Add:9 BatchNormalization:49 Conv:81 Gemm:1 GlobalAveragePool:17 Mul:16 Reshape:1 SiLU:49 Sigmoid:16",
		"lenet_mnist.onnx":                "Conv:2 Gemm:2 MaxPool:2 Relu:1 Reshape:1",
		"mobilenetv2.onnx":                "Add:10 Clip:35 Conv:52 Gemm:1 GlobalAveragePool:1 Reshape:1",
		"resnet20_cifar10.onnx":           "Add:9 Conv:19 Gemm:1 GlobalAveragePool:1 Pad:2 Relu:19 Reshape:1 Slice:4",
		"resnet20_cifar10_bn.onnx":        "Add:9 BatchNormalization:19 Conv:19 Gemm:1 GlobalAveragePool:1 Pad:2 Relu:19 Reshape:1 Slice:4",
		"squeezenet1_0.onnx":              "Concat:8 Conv:26 GlobalAveragePool:1 MaxPool:3 Relu:26 Reshape:1",
	}
	files, err := filepath.Glob(filepath.Join(shared.Path(t, "models"), "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			g, err := ToGraph(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !g.Batch {
				t.Error("the batch is symbolic in the file")
			}
			got := histogram(g)
			t.Log(got)
			if w := want[filepath.Base(file)]; w != "" && got != w {
				t.Errorf("operators are %s, want %s", got, w)
			}
			for _, opset := range []int{13, 17, 21} {
				roundTrip(t, g, opset)
			}
		})
	}
}

// roundTrip writes a graph as bytes, builds it again and compares.
func roundTrip(t *testing.T, g *graph.Graph, opset int) {
	t.Helper()
	m, err := FromGraph(g, opset)
	if err != nil {
		t.Fatalf("opset %d: %v", opset, err)
	}
	m, err = Decode(Encode(m))
	if err != nil {
		t.Fatalf("opset %d: %v", opset, err)
	}
	again, err := ToGraph(m, Options{})
	if err != nil {
		t.Fatalf("opset %d: %v", opset, err)
	}
	if a, b := describe(g), describe(again); !reflect.DeepEqual(a, b) {
		for i := range min(len(a), len(b)) {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("opset %d: part %d is\n%+v, was\n%+v", opset, i, b[i], a[i])
			}
		}
		t.Fatalf("opset %d: %d parts, were %d", opset, len(b), len(a))
	}
}

// describe lists what a graph is, whatever the numbers of its values are.
func describe(g *graph.Graph) []any {
	type node struct {
		Name            string
		Op              graph.Op
		Inputs, Outputs []graph.Value
	}
	values := func(ids []graph.ValueID) []graph.Value {
		var list []graph.Value
		for _, id := range ids {
			if id == graph.None {
				list = append(list, graph.Value{})
				continue
			}
			list = append(list, g.Values[id])
		}
		return list
	}
	parts := []any{g.Batch, values(g.Inputs), values(g.Outputs)}
	for _, n := range g.Nodes {
		parts = append(parts, node{n.Name, n.Op, values(n.Inputs), values(n.Outputs)})
	}
	return parts
}
