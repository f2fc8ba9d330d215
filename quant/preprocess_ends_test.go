package quant_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	pixels "image"
	"image/png"
	"io"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
)

// A check of the preprocessing that is no longer wanted decodes no further image.
func TestPreprocessingEnds(t *testing.T) {
	var drawing bytes.Buffer
	if err := png.Encode(&drawing, pixels.NewRGBA(pixels.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked, read := false, 0
	files := make([]dataset.File, 32)
	for i := range files {
		files[i] = dataset.File{Name: fmt.Sprintf("%02d.png", i), Size: int64(drawing.Len()), Open: func() (io.ReadCloser, error) {
			if asked {
				read++
				cancel()
			}
			return io.NopCloser(bytes.NewReader(drawing.Bytes())), nil
		}}
	}
	j := sampleJob(t)
	var err error
	if j.Data, err = dataset.Open(files, dataset.FromAuto); err != nil {
		t.Fatal(err)
	}
	asked = true
	if _, err := quant.CheckPreprocess(ctx, j, quant.EnoughRight, quant.AsItTakes); !errors.Is(err, context.Canceled) {
		t.Errorf("the check ended with %v", err)
	}
	if read > 2 { // one may be under way
		t.Errorf("%d images were read after nobody wanted the check", read)
	}
}
