package evidence

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Exported tells whether a file that is said to be the quantized network of a receipt is: by the codes of the weights and
// the scales of activations where it has integers, else by the tensors and names that it shares with the model. shared says
// what was compared, or why nothing was; a file that is another network's is an error.
func Exported(r *receipt.Receipt, file []byte) (shared string, err error) {
	if receipt.Sum(file) == r.Model.SHA256 {
		return "the receipt's model itself, which is not quantized", nil
	}
	m, err := onnx.Decode(file)
	if err != nil || m.Graph == nil || len(m.Graph.Nodes) == 0 {
		return "not compared with the receipt: only ONNX is", nil
	}
	if len(r.Layers) == 0 {
		return "not compared with the receipt, which says nothing of layers", nil
	}
	c := collect(m.Graph)
	if c.integers > 0 && slices.ContainsFunc(r.Layers, func(l receipt.Layer) bool { return l.Weights != "" }) {
		return c.byCodes(r)
	}
	return c.byTensors(r, m.Graph)
}

// contents are what of a file's tensors a receipt can know.
type contents struct {
	integers int // weights of codes
	prints   map[receipt.Fingerprint]bool
	tensors  map[string]bool // of floats, as Model.Tensors has them
	floats   map[uint32]bool // bits of scalars
}

func collect(g *onnx.Graph) contents {
	c := contents{prints: map[receipt.Fingerprint]bool{}, tensors: map[string]bool{}, floats: map[uint32]bool{}}
	for i := range g.Initializers {
		t := &g.Initializers[i]
		switch t.DataType {
		case onnx.Int8, onnx.Uint8, onnx.Int16, onnx.Uint16:
			codes, err := t.Ints(nil)
			if err != nil {
				continue
			}
			if len(t.Dims) > 1 { // not the zero points of channels
				c.integers++
			}
			c.codes(codes, t)
		case onnx.Float:
			x, err := t.Floats(nil)
			if err != nil {
				continue
			}
			if len(x) == 1 {
				c.floats[math.Float32bits(x[0])] = true
			}
			leaf := tensor(&graph.Tensor{DType: graph.Float32, Shape: shape(t), F: x})
			c.tensors[hex.EncodeToString(leaf[:])[:8]] = true
		}
	}
	return c
}

// codes adds the fingerprints that a weight may have in the receipt: formats store it with codes from 0 or around it, and
// matrices either way round.
func (c contents) codes(stored []int64, t *onnx.Tensor) {
	bits, half := 8, int64(128)
	if t.DataType == onnx.Int16 || t.DataType == onnx.Uint16 {
		bits, half = 16, 1<<15
	}
	orders := [][]int64{stored}
	if s := shape(t); len(s) == 2 {
		turned := make([]int64, 0, len(stored))
		for k := range s[1] {
			for i := range s[0] {
				turned = append(turned, stored[i*s[1]+k])
			}
		}
		orders = append(orders, turned)
	}
	for _, list := range orders {
		for _, shift := range []int64{0, half, -half} {
			codes := make([]int32, len(list))
			for i, x := range list {
				codes[i] = int32(x + shift)
			}
			p := receipt.NewPrinter()
			p.Add(codes, bits)
			c.prints[p.Sum()] = true
		}
	}
}

// byCodes asks for every weight and every scale: formats with integers keep both.
func (c contents) byCodes(r *receipt.Receipt) (string, error) {
	all, found, missing := 0, 0, ""
	for _, l := range r.Layers {
		if l.Weights == "" {
			continue
		}
		if all++; c.prints[l.Weights] {
			found++
		} else if missing == "" {
			missing = l.Name
		}
	}
	// Where biases are quantized, a layer's fingerprint is of them too: nothing is said of weights then.
	if b, _ := backend.Of(r.Recipe.Backend); b.Rule.Biases {
		found, all = 0, 0
	}
	if all > found {
		return "", fmt.Errorf("another network than the receipt's, or quantized otherwise: it has the codes of the weights of %d of %d layers, not those of %s", found, all, missing)
	}
	scales := 0
	for i, a := range r.Activations {
		for _, s := range a.Scale {
			if scales++; !c.floats[math.Float32bits(s)] {
				return "", fmt.Errorf("not what the receipt tells of: it has the codes of its weights, and no scale %v, which the receipt's quantizer of activations %d has", s, i+1)
			}
		}
	}
	if all == 0 {
		return fmt.Sprintf("compared with the receipt in part: its %s of activations are the same; codes of weights cannot be told from those of biases", counted(scales, "scale")), nil
	}
	return fmt.Sprintf("compared with the receipt: the codes of the weights of %s and %s of activations are the same", counted(all, "layer"), counted(scales, "scale")), nil
}

// byTensors knows networks that are stored in floats. Formats clip weights and fold normalisations, so that few tensors may
// be left as they were; names are.
func (c contents) byTensors(r *receipt.Receipt, g *onnx.Graph) (string, error) {
	tensors, names := 0, 0
	for _, t := range r.Model.Tensors {
		if c.tensors[t] {
			tensors++
		}
	}
	for _, l := range r.Layers {
		if slices.ContainsFunc(g.Nodes, func(n onnx.Node) bool { return receipt.Label(n.Name) == l.Name }) {
			names++
		}
	}
	if 2*tensors < len(r.Model.Tensors) && 2*names < len(r.Layers) {
		return "", fmt.Errorf("another network than the receipt's: %d of its %s and %d of its %s are in it", tensors, counted(len(r.Model.Tensors), "tensor"), names, counted(len(r.Layers), "layer"))
	}
	return fmt.Sprintf("compared with the receipt in part: it has no codes of weights; of the model %d of %s are in it as they were, and %d of %s by name", tensors, counted(len(r.Model.Tensors), "tensor"), names, counted(len(r.Layers), "layer")), nil
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// shape is that of a tensor whose elements were read.
func shape(t *onnx.Tensor) []int {
	var s []int
	for _, d := range t.Dims {
		s = append(s, int(d))
	}
	return s
}
