package export

import (
	"context"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Keys of the file's metadata.
const (
	metadataRecipe = "quantscope.recipe" // SHA-256 of the recipe's canonical form
	metadataNotes  = "quantscope.notes"  // what is not quite as in the fake-quantized run, a line each
)

// modelFile writes g as ONNX, with c's recipe in the metadata, in the first opset from one on that has its
// operators and in which reread finds the network in the file again: most engines lag behind the newest
// opset, and what an older one has no operator for is written as several, which need not read back as
// one. finish, if not nil, changes what is written. notes are those of g, and whether the batch had to
// be fixed.
func modelFile(ctx context.Context, name string, c *calibrate.Calibrated, g *graph.Graph, from int, finish func(*onnx.Model), reread func(file []byte) error) (File, []string, error) {
	digest, err := c.Recipe.Digest()
	if err != nil {
		return File{}, nil, err
	}
	notes := g.Notes
	g = graph.Compact(g)
	var failed error // of the first opset that has the operators
	for opset := from; opset <= onnx.MaxWriteOpset; opset++ {
		if err := ctx.Err(); err != nil {
			return File{}, nil, err
		}
		var m *onnx.Model
		if m, err = onnx.FromGraph(g, opset); err != nil {
			continue
		}
		m.ProducerName = "quantscope"
		m.Metadata = append(m.Metadata, onnx.Entry{Key: metadataRecipe, Value: digest})
		if len(notes) > 0 {
			m.Metadata = append(m.Metadata, onnx.Entry{Key: metadataNotes, Value: strings.Join(notes, "\n")})
		}
		if finish != nil {
			finish(m)
		}
		file := onnx.Encode(m)
		if err := ctx.Err(); err != nil {
			return File{}, nil, err
		}
		problem := reread(file)
		if problem == nil {
			return File{name, file}, notes, nil
		}
		if failed == nil {
			failed = fmt.Errorf("the file does not read back as the network it was made of: %w", problem)
		}
	}
	if failed == nil {
		failed = err
	}
	return File{}, nil, failed
}
