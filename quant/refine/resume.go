package refine

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/internal/checkpoint"
)

// Watch lets a rounding that is learned be left, and taken up again behind the last part that was finished; the same bits
// come out.
type Watch struct {
	Of   string                                              // what a checkpoint belongs to: all that the result depends on
	From []byte                                              // checkpoint to go on from; nil: from the beginning
	Keep func(parts, of int, checkpoint func() []byte) error // behind every part but the last, when so many are done; nil: not wanted
}

// A checkpoint is a line of text, a document (JSON, see learned), and the SHA-256 of both.
const checkpointHead = "quantscope rounding 1\n"

// IsCheckpoint tells whether b begins like a checkpoint of a rounding.
func IsCheckpoint(b []byte) bool { return bytes.HasPrefix(b, []byte(checkpointHead)) }

// learned is what has been learned of the parts that are finished, first to last.
type learned struct {
	Of    string          `json:"of"`
	Parts [][]learnedPart `json:"parts"`
}

// learnedPart is a quantizer, and its constant or its scales.
type learnedPart struct {
	Quantizer int    `json:"quantizer"`
	Numbers   []byte `json:"numbers"` // float32, little endian
}

var errCheckpoint = checkpoint.Damaged("rounding")

// readLearned reads a checkpoint, which must belong to that.
func readLearned(b []byte, of string) (*learned, error) {
	content, ok := checkpoint.Open(checkpointHead, b)
	if !ok {
		return nil, errCheckpoint
	}
	l := &learned{}
	if err := json.Unmarshal(content, l); err != nil {
		return nil, errCheckpoint
	}
	if l.Of != of {
		return nil, checkpoint.ErrAnother
	}
	return l, nil
}

// write makes a checkpoint.
func (l *learned) write() []byte {
	doc, _ := json.Marshal(l) // text and bytes can always be written
	return checkpoint.Seal(checkpointHead, doc)
}

// add takes the numbers of some quantizers as the next part.
func (l *learned) add(rc *reconstruction, quantizers []int) {
	var part []learnedPart
	for _, i := range quantizers {
		p := learnedPart{Quantizer: i}
		for _, x := range *rc.numbers(i) {
			p.Numbers = binary.LittleEndian.AppendUint32(p.Numbers, math.Float32bits(x))
		}
		part = append(part, p)
	}
	l.Parts = append(l.Parts, part)
}

// restore puts what was learned where it belongs.
func (l *learned) restore(rc *reconstruction, parts int) error {
	if len(l.Parts) > parts {
		return errCheckpoint
	}
	for _, p := range slices.Concat(l.Parts...) {
		if p.Quantizer < 0 || p.Quantizer >= len(rc.c.Quantizers) {
			return errCheckpoint
		}
		q := rc.c.Quantizers[p.Quantizer]
		if q.Weight {
			rc.own(q.Value)
		}
		to := rc.numbers(p.Quantizer)
		if len(p.Numbers) != 4*len(*to) {
			return errCheckpoint
		}
		*to = slices.Clone(*to)
		for k := range *to {
			(*to)[k] = math.Float32frombits(binary.LittleEndian.Uint32(p.Numbers[4*k:]))
		}
	}
	return nil
}

// numbers are those that learning changes: of a weight its constant, of an activation its scales.
func (rc *reconstruction) numbers(quantizer int) *[]float32 {
	if q := rc.c.Quantizers[quantizer]; q.Weight {
		return &rc.c.Graph.Values[q.Value].Const.F
	}
	return &rc.c.Params[quantizer].Scale
}
