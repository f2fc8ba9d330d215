package export

import (
	"context"
	"errors"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

// countdown is a context that ends when it has been asked a number of times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Every format ends wherever its context does, and gives nothing then.
func TestExportEnds(t *testing.T) {
	for _, f := range Formats() {
		r, err := recipe.Preset(f.Backend)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := calibrated(t, parameters().build(t), r)
		const many = 1 << 20
		whole := &countdown{t.Context(), many}
		if _, _, err := Export(whole, f.Name, "net", c); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		asked := many - whole.left
		if asked < 3 {
			t.Errorf("%s asks its context %d times", f.Name, asked)
		}
		for n := range asked {
			if files, _, err := Export(&countdown{t.Context(), n}, f.Name, "net", c); !errors.Is(err, context.Canceled) || files != nil {
				t.Errorf("%s ended at question %d of %d: %d files, %v", f.Name, n+1, asked, len(files), err)
			}
		}
		t.Logf("%s: %d questions", f.Name, asked)
	}
}
