package quant

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Model is a network as it came, and as a graph.
type Model struct {
	Name   string // file name
	SHA256 string // of the file; of all files, see digestVersion, where weights lie in others
	Bytes  int64  // of all files
	Graph  *graph.Graph

	describe  sync.Once // all weights are digested: no run should do it again
	network   *evidence.Network
	unwritten error // why Graph cannot be described
}

// Network is Graph without names, for receipts. It is described when first asked for.
func (m *Model) Network() (*evidence.Network, error) {
	m.describe.Do(func() { m.network, m.unwritten = evidence.Describe(m.Graph) })
	return m.network, m.unwritten
}

// digestVersion heads what is hashed of a model of several files, so that no file has the same digest:
//
//	digestVersion, SHA-256 of the .onnx file, then of each file with external data in the order of their locations
const digestVersion = "quantscope model 1\n"

// Import reads a file of any format that package modelfile knows. files gives further files with external data and
// may be nil.
func Import(name string, b []byte, files onnx.Reader) (*Model, error) {
	return ImportShaped(name, b, onnx.Options{Files: files})
}

// ImportShaped is Import with shapes of inputs in place of those of the file.
func ImportShaped(name string, b []byte, opt onnx.Options) (*Model, error) {
	m, inside, err := modelfile.Decode(b)
	if err != nil {
		return nil, err
	}
	out := &Model{Name: name, Bytes: int64(len(b))}
	further := map[string][]byte{} // by location; each is read once
	if inside != nil {
		opt.Files = inside // a part of b
	} else if from := opt.Files; from != nil {
		opt.Files = func(location string) ([]byte, error) {
			if data, ok := further[location]; ok {
				return data, nil
			}
			data, err := from(location)
			if err != nil {
				return nil, err
			}
			further[location] = data
			out.Bytes += int64(len(data))
			return data, nil
		}
	}
	if out.Graph, err = onnx.ToGraph(m, opt); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	if len(further) > 0 {
		h := sha256.New()
		h.Write([]byte(digestVersion))
		h.Write(sum[:])
		for _, location := range slices.Sorted(maps.Keys(further)) {
			other := sha256.Sum256(further[location])
			h.Write(other[:])
		}
		sum = [sha256.Size]byte(h.Sum(nil))
	}
	out.SHA256 = hex.EncodeToString(sum[:])
	return out, nil
}

// Inputs are those of the network, as a dataset has to fill them.
func (m *Model) Inputs() []dataset.Input {
	var inputs []dataset.Input
	for _, id := range m.Graph.Inputs {
		v := m.Graph.Values[id]
		inputs = append(inputs, dataset.Input{Name: v.Name, DType: v.DType, Shape: v.Shape})
	}
	return inputs
}

// ClassOffset is what a recipe of one's own for m should have, see recipe.ClassOffset.
func (m *Model) ClassOffset() int {
	shape := m.Graph.Values[m.Graph.Outputs[0]].Shape
	if len(shape) == 0 {
		return 0
	}
	return recipe.ClassOffset(shape[len(shape)-1])
}

// Beyond tells which of the items that are looked at have labels of no class of m, in one sentence; "" if none has.
// classOffset classes stand before the first label.
func (m *Model) Beyond(d *dataset.Dataset, items []int, classOffset int) string {
	classes := graph.Len(m.Graph.Values[m.Graph.Outputs[0]].Shape)
	n, first := 0, -1
	for _, i := range items {
		if label := d.Label(i); label >= 0 && label+classOffset >= classes {
			if n++; first < 0 {
				first = i
			}
		}
	}
	if n == 0 {
		return ""
	}
	offset := ""
	if classOffset > 0 {
		offset = fmt.Sprintf(" and class offset %d", classOffset)
	}
	return fmt.Sprintf("%d of %d items have labels beyond the network's %d classes and count as wrong, first %s with label %d%s: check the labels.",
		n, len(items), classes, d.Name(first), d.Label(first), offset)
}
