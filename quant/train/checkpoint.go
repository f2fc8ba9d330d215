package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
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

// ErrCheckpoint is of a training that cannot go on from what it was given.
var ErrCheckpoint = errors.New("checkpoint")

var (
	errPlace   = fmt.Errorf("the %w is damaged or no checkpoint of a training: start without it", ErrCheckpoint)
	errAnother = fmt.Errorf("the %w belongs to another recipe, network, data or version of the engine: give what it was made with, or start without it", ErrCheckpoint)
)

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
	b := append([]byte(checkpointHead), binary.LittleEndian.AppendUint32(nil, uint32(len(doc)))...)
	b = append(append(b, doc...), numbers...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// readPlace reads a checkpoint, which must be of that recipe, network and data.
func readPlace(b []byte, of string) (*place, error) {
	const around = len(checkpointHead) + 4
	if len(b) < around+sha256.Size || !bytes.HasPrefix(b, []byte(checkpointHead)) {
		return nil, errPlace
	}
	whole, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(whole); !bytes.Equal(got[:], sum) {
		return nil, errPlace
	}
	n := binary.LittleEndian.Uint32(whole[len(checkpointHead):])
	rest := whole[around:]
	if uint64(n) > uint64(len(rest)) {
		return nil, errPlace
	}
	p := &place{}
	if err := json.Unmarshal(rest[:n], p); err != nil || p.Step < 0 {
		return nil, errPlace
	}
	if p.Of != of {
		return nil, errAnother
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
