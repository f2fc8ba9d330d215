package evidence

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/receipt"
)

// Exported tells whether a file that is said to be the quantized network of a receipt has the codes of its weights and the
// scales of its activations: as much as a receipt without the model knows, and of files of integers only. shared says what
// was compared and what was not, a sentence without its full stop; what cannot be compared, or differs, is an error.
func Exported(r *receipt.Receipt, file []byte) (shared string, err error) {
	if receipt.Sum(file) == r.Model.SHA256 {
		return "the receipt's model itself, which is not quantized", nil
	}
	m, err := onnx.Decode(file)
	switch {
	case err != nil || m.Graph == nil || len(m.Graph.Nodes) == 0:
		return "", errors.New("no ONNX file, and the receipt without the model knows no other")
	case len(r.Layers) == 0:
		return "", errors.New("not to be compared: the receipt says nothing of layers")
	}
	c := collect(m.Graph)
	if c.integers == 0 {
		return "", errors.New("a file of floats, of which the receipt without the model says nothing")
	}
	return c.byCodes(r)
}

// contents are what of a file's tensors a receipt can know.
type contents struct {
	integers int // weights of codes
	prints   map[receipt.Fingerprint]bool
	floats   map[uint32]bool // bits of scalars
}

func collect(g *onnx.Graph) contents {
	c := contents{prints: map[receipt.Fingerprint]bool{}, floats: map[uint32]bool{}}
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
	b, _ := backend.Of(r.Recipe.Backend)
	switch {
	case b.Rule.Biases:
		return "", errors.New("not to be compared: the receipt knows its codes of weights together with those of biases only")
	case all == 0:
		return "", errors.New("not to be compared: the receipt knows no codes of weights")
	case all > found:
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
	return fmt.Sprintf("compared with the receipt in part: the codes of the weights of %s and %s of activations are the same; biases, scales of weights and the order of operators were not compared", counted(all, "layer"), counted(scales, "scale")), nil
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
