package train

import (
	"encoding/binary"
	"encoding/json"
	"math"

	"github.com/quantscope/quantscope/quant/internal/checkpoint"
)

// A checkpoint is a line of text, a document, numbers, and the SHA-256 of all before it:
//
//	"quantscope training 1\n", length of the document (uint32), the document (JSON, see place),
//	the numbers of its parameters one after another (float32), 32 bytes
//
// all of it in little endian. The order of the items is no part of it: it comes from the recipe's seed and the epoch.

const checkpointHead = "quantscope training 1\n"

// place is where a training stands.
type place struct {
	Of         string          `json:"of"`   // see Watch
	Step       int             `json:"step"` // that have been taken
	Sum        float64         `json:"sum"`  // of the losses of this epoch's items
	Epochs     []Epoch         `json:"epochs"`
	Parameters []parameterSize `json:"parameters"` // with the optimizer's state

	state map[string][]float32
}

type parameterSize struct {
	Name string `json:"name"`
	Len  int    `json:"len"`
}

var errPlace = checkpoint.Damaged("training")

// write makes a checkpoint.
func (p *place) write(t *Trainer) ([]byte, error) {
	p.Parameters = nil
	var numbers []byte
	for _, x := range t.now.Params {
		values := t.now.run.Get(x.Value)
		p.Parameters = append(p.Parameters, parameterSize{x.Name, len(values)})
		for _, v := range values {
			numbers = binary.LittleEndian.AppendUint32(numbers, math.Float32bits(v))
		}
	}
	doc, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(doc)))
	return checkpoint.Seal(checkpointHead, append(append(b, doc...), numbers...)), nil
}

// readPlace reads a checkpoint, which must be of that recipe, network and data.
func readPlace(b []byte, of string) (*place, error) {
	content, ok := checkpoint.Open(checkpointHead, b)
	if !ok || len(content) < 4 {
		return nil, errPlace
	}
	n, rest := binary.LittleEndian.Uint32(content), content[4:]
	if uint64(n) > uint64(len(rest)) {
		return nil, errPlace
	}
	p := &place{}
	if err := json.Unmarshal(rest[:n], p); err != nil || p.Step < 0 {
		return nil, errPlace
	}
	if p.Of != of {
		return nil, checkpoint.ErrAnother
	}
	rest = rest[n:]
	p.state = map[string][]float32{}
	for _, x := range p.Parameters {
		if x.Len < 0 || x.Len > len(rest)/4 {
			return nil, errPlace
		}
		values := make([]float32, x.Len)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		}
		p.state[x.Name], rest = values, rest[4*x.Len:]
	}
	if len(rest) > 0 {
		return nil, errPlace
	}
	return p, nil
}
