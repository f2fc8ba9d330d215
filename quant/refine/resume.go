package refine

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/checkpoint"
)

// Watch lets a rounding that is learned be left, and taken up again behind any iteration; the same bits come out.
type Watch struct {
	Of   string                                         // what a checkpoint belongs to: all that the result depends on
	From []byte                                         // checkpoint to go on from; nil: from the beginning
	Keep func(m Moment, checkpoint func() []byte) error // behind every iteration but the last of all; nil: not wanted
}

// Moment is how far a rounding is.
type Moment struct {
	Parts, Of   int  // finished, of all
	Done, Total int  // iterations, of all parts
	Whole       bool // a part was finished just now
}

// A checkpoint is a line of text, a document (JSON, see learned), and the SHA-256 of both.
const checkpointHead = "quantscope rounding 1\n"

// IsCheckpoint tells whether b begins like a checkpoint of a rounding.
func IsCheckpoint(b []byte) bool { return bytes.HasPrefix(b, []byte(checkpointHead)) }

// learned is what has been learned of the parts that are finished, first to last.
type learned struct {
	Of    string          `json:"of"`
	Parts [][]learnedPart `json:"parts"`
	Now   *unfinished     `json:"now,omitempty"`
}

// unfinished is the part that is being learned.
type unfinished struct {
	Done   int      `json:"done"`   // iterations
	Draws  []byte   `json:"draws"`  // state of the generator
	Params [][]byte `json:"params"` // float32, little endian: what is learned, and Adam's moments
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
		part = append(part, learnedPart{i, bytesOf(*rc.numbers(i))})
	}
	l.Parts, l.Now = append(l.Parts, part), nil
}

// bytesOf are numbers as a checkpoint has them.
func bytesOf(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// numbersOf reads n numbers; false if there are others.
func numbersOf(b []byte, n int) ([]float32, bool) {
	if len(b) != 4*n {
		return nil, false
	}
	x := make([]float32, n)
	for k := range x {
		x[k] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
	}
	return x, true
}

// unfinished is how the learner stands behind an iteration.
func (l *learner) unfinished(it int, source *rand.PCG) *unfinished {
	u := &unfinished{Done: it}
	u.Draws, _ = source.MarshalBinary() // never fails
	for i := range l.graph.Params {
		u.Params = append(u.Params, bytesOf(l.get(i)))
	}
	return u
}

// resume takes up a part where it was left.
func (l *learner) resume(u *unfinished, source *rand.PCG) error {
	if u.Done < 1 || u.Done >= l.r.Iterations || len(u.Params) != len(l.graph.Params) || source.UnmarshalBinary(u.Draws) != nil {
		return errCheckpoint
	}
	for i, b := range u.Params {
		p := l.graph.Params[i]
		x, ok := numbersOf(b, graph.Len(l.graph.Graph.Values[p.Value].Shape))
		if !ok {
			return errCheckpoint
		}
		if err := l.run.Set(p.Value, x); err != nil {
			return err
		}
	}
	for range u.Done {
		l.decay()
	}
	return nil
}

// restore puts what was learned where it belongs.
func (l *learned) restore(rc *reconstruction, parts int) error {
	if len(l.Parts) > parts || len(l.Parts) == parts && l.Now != nil {
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
		x, ok := numbersOf(p.Numbers, len(*to))
		if !ok {
			return errCheckpoint
		}
		*to = x
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
