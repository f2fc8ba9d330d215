package receipt

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	other := Sum([]byte("other"))
	for _, c := range []struct {
		name    string
		change  func(got *Receipt)
		differs []string
		notRun  []string
	}{
		{"same", func(*Receipt) {}, nil, nil},
		{"another engine or name is no difference", func(g *Receipt) { g.Engine, g.Model.Name = "x", "" }, nil, nil},
		{"model", func(g *Receipt) { g.Model.SHA256 = other }, []string{"model"}, nil},
		{"recipe", func(g *Receipt) { g.RecipeDigest = other }, []string{"recipe"}, nil},
		{"calibration item", func(g *Receipt) { g.Data.Calibration.Digest = other }, []string{"calibration data"}, nil},
		{"evaluation count", func(g *Receipt) { g.Data.Evaluation.Count = 499 }, []string{"evaluation data"}, nil},
		{"qparams and logits", func(g *Receipt) { g.Digests = Digests{QParams: other, Logits: other, Integer: other} }, []string{"qparams", "logits", "integer logits"}, nil},
		{"integers", func(g *Receipt) { g.Digests.Integer, g.Metrics.Top1Integer = other, 0 }, []string{"integer logits", "metrics"}, nil},
		{"metrics", func(g *Receipt) { g.Metrics.Agreement-- }, []string{"metrics"}, nil},
		{"sizes", func(g *Receipt) { g.Metrics.BytesAfter++ }, []string{"metrics"}, nil},
		{"no data here", func(g *Receipt) {
			g.Data, g.Digests = Data{}, Digests{}
			g.Metrics = Metrics{BytesBefore: g.Metrics.BytesBefore, BytesAfter: g.Metrics.BytesAfter}
		}, nil, []string{"calibration data", "evaluation data", "qparams", "logits", "integer logits", "metrics"}},
		{"nothing here", func(g *Receipt) { *g = Receipt{} }, nil,
			[]string{"model", "recipe", "calibration data", "evaluation data", "qparams", "logits", "integer logits", "metrics"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			expected, got := sample1(t), sample1(t)
			c.change(got)
			want := map[string]Status{}
			for _, n := range c.differs {
				want[n] = Differs
			}
			for _, n := range c.notRun {
				want[n] = NotRun
			}
			v := Compare(expected, &Local{Receipt: *got}).Steps
			if len(v) != 8 {
				t.Fatalf("%d steps", len(v))
			}
			for _, s := range v {
				w, ok := want[s.Name]
				if !ok {
					w = Match
				}
				if s.Status != w {
					t.Errorf("%s: %s, want %s (expected %q, got %q)", s.Name, s.Status, w, s.Expected, s.Got)
				}
			}
			if v.Differs() != (len(c.differs) > 0) {
				t.Errorf("Differs is %v", v.Differs())
			}
		})
	}
}

// What is said of the data: how many images first, then whether only labels are others.
func TestCauseOfOtherData(t *testing.T) {
	other := Sum([]byte("other"))
	for _, c := range []struct {
		name, want string
		change     func(got *Receipt)
	}{
		{"one image fewer", "Other images: ", func(g *Receipt) {
			g.Data.Calibration.Digest, g.Data.Evaluation.Digest, g.Digests.QParams = other, other, other
			g.Data.Evaluation.Count--
		}},
		{"a label of a calibration item", "The same images with other labels", func(g *Receipt) { g.Data.Calibration.Digest = other }},
		{"a label of an evaluation item", "The same images with other labels", func(g *Receipt) { g.Data.Evaluation.Digest = other; g.Metrics.Top1Quant-- }},
		{"an evaluation item", "Other images or labels to evaluate on", func(g *Receipt) { g.Data.Evaluation.Digest, g.Digests.Logits = other, other }},
		{"other numbers of no other items", "Other settings", func(g *Receipt) { g.Digests.QParams = other }},
	} {
		expected, got := sample(t), sample(t)
		c.change(got)
		if v := Compare(expected, &Local{Receipt: *got}); !strings.HasPrefix(v.Cause, c.want) {
			t.Errorf("%s: %q, want %q", c.name, v.Cause, c.want)
		}
	}
}

// The engine's name is a stranger's text: one that is not ours stands in quotes.
func TestForeignEngineIsQuoted(t *testing.T) {
	for name, want := range map[string]string{"quantscope 0.1.2": "quantscope 0.1.2", "Shared result: verified ✓ by Quantscope": `"Shared result: verified ✓ by Quantscope"`} {
		expected, got := sample1(t), sample1(t)
		expected.Engine, got.Engine = name, Engine("9.9.9")
		if said := Compare(expected, &Local{Receipt: *got}).Engine; !strings.Contains(said, "says that "+want+" computed") {
			t.Errorf("%q: %s", name, said)
		}
	}
}
