package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestClaimOfVersion1IsCheckedOnceModelAndDataAreThere(t *testing.T) {
	d, r := claimed1(t)
	d.Dispatch(Dropped{Files: []File{file("copy.onnx")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	sentence, status := d.State().Claim.Verdict()
	if status != receipt.NotRun || !strings.Contains(sentence, "model") {
		t.Errorf("with the model alone: %s (%s)", sentence, status)
	}
	d.taken()
	d.Dispatch(Dropped{Files: []File{file("a.png"), file("b.png")}})
	d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	if got, want := d.taken(), "post load, post verify"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	d.Dispatch(Verified{Job: 3, Verification: receipt.Compare(r, &receipt.Local{Receipt: *r})})
	if sentence, status := d.State().Claim.Verdict(); status != receipt.Match || !d.State().Claim.Done {
		t.Errorf("the same: %s (%s)", sentence, status)
	}
	other := *r
	other.Digests.QParams = digest("0")
	d.Dispatch(Recompute{})
	d.Dispatch(Verified{Job: 4, Verification: receipt.Compare(r, &receipt.Local{Receipt: other})})
	if sentence, status := d.State().Claim.Verdict(); status != receipt.Differs || !strings.Contains(sentence, "qparams") {
		t.Errorf("other qparams: %s (%s)", sentence, status)
	}
}

// The model alone is checked at once, layer by layer; the data, when they come, where the model is the same.
func TestClaimIsCheckedWithTheModelAlone(t *testing.T) {
	alone := func(r receipt.Receipt) receipt.Verification {
		r.Data, r.Metrics = receipt.Data{}, receipt.Metrics{}
		r.Digests = receipt.Digests{Weights: r.Digests.Weights}
		return receipt.Compare(&r, &receipt.Local{Receipt: r})
	}
	d, r := claimed(t, finished(t))
	d.Dispatch(Dropped{Files: []File{file("copy.onnx")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	if got, want := d.taken(), "post open, post verify"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	d.Dispatch(Verified{Job: 2, Verification: alone(*r)})
	if c := d.State().Claim; c.Done || c.Steps.Status(receipt.StepModel) != receipt.Match || d.taken() != "" {
		t.Errorf("with the model alone: %+v", c)
	}
	d.Dispatch(Dropped{Files: []File{file("a.png"), file("b.png")}})
	d.Dispatch(Loaded{Job: 3, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	if got, want := d.taken(), "post load, post verify"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	d.Dispatch(Verified{Job: 4, Verification: receipt.Compare(r, &receipt.Local{Receipt: *r})})
	if c := d.State().Claim; !c.Done {
		t.Errorf("with data: %+v", c)
	}
	// Data that came first wait for the model's own check, and stay where it differs.
	for _, c := range []struct {
		model, want string
	}{{digest("a"), "post verify"}, {digest("b"), ""}} {
		d, r := claimed(t, finished(t))
		d.Dispatch(Dropped{Files: []File{file("copy.onnx"), file("a.png")}})
		d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: c.model}}})
		d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
		d.taken()
		got := *r
		got.Model.SHA256 = c.model
		v := receipt.Compare(r, &receipt.Local{Receipt: receipt.Receipt{Model: got.Model}})
		d.Dispatch(Verified{Job: 3, Verification: v})
		if got := d.taken(); got != c.want {
			t.Errorf("model %.8s: %q, want %q", c.model, got, c.want)
		}
	}
}

// Other images than the receipt's are followed by others: what the first ones led to is taken back, and these are checked
// unasked. Images with which the check ended without a verdict are not tried again and again.
func TestClaimIsCheckedWithOtherData(t *testing.T) {
	d, r := claimed(t, finished(t))
	d.Dispatch(Dropped{Files: []File{file("copy.onnx"), file("a.png")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	alone := *r
	alone.Data, alone.Digests.QParams, alone.Digests.Logits, alone.Digests.Integer, alone.Metrics = receipt.Data{}, "", "", "", receipt.Metrics{}
	d.Dispatch(Verified{Job: 3, Verification: receipt.Compare(r, &receipt.Local{Receipt: alone})})
	if got, want := d.taken(), "post open, post load, post verify, post verify"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	others := *r
	others.Data.Calibration.Digest, others.Data.Evaluation.Digest, others.Digests.QParams = digest("1"), digest("2"), digest("3")
	d.Dispatch(Verified{Job: 4, Verification: receipt.Compare(r, &receipt.Local{Receipt: others})})
	if c := d.State().Claim; !c.Done || !c.Steps.Differs() || c.Cause == "" || d.taken() != "" {
		t.Fatalf("with other images: %+v", c)
	}
	d.Dispatch(Dropped{Files: []File{file("b.png")}})
	d.Dispatch(Loaded{Job: 5, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	if got, want := d.taken(), "post load, post verify"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if c := d.State().Claim; c.Done || c.Steps.Differs() || c.Cause != "" || c.Here.N != 0 || c.Run != 0 || c.Steps.Status(receipt.StepModel) != receipt.Match || c.Steps.Status(receipt.StepQParams) != receipt.NotRun {
		t.Errorf("what other images led to stays: %+v", c)
	}
	d.Dispatch(Verified{Job: 6, Verification: receipt.Compare(r, &receipt.Local{Receipt: alone})}) // nothing could be evaluated
	if got := d.taken(); got != "" || len(d.State().Jobs) != 0 {
		t.Errorf("the same images are checked again: %s", got)
	}
}

// What was computed for a claim opens in Inspect like one's own, and is forked from there; the claim goes with the fork.
func TestCheckedResultIsOnesOwn(t *testing.T) {
	d, r := claimed1(t)
	d.Dispatch(Dropped{Files: []File{file("copy.onnx"), file("a.png")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	d.taken()
	d.Dispatch(OpenChecked{})
	if d.State().Place != AtClaim {
		t.Error("what was not computed is shown")
	}
	made := protocol.Result{Receipt: *r, Report: report.Report{Layers: []report.Layer{{Name: "first"}}}}
	d.Dispatch(Verified{Job: 3, Verification: receipt.Compare(r, &receipt.Local{Receipt: *r}), Result: &made, Size: 7})
	s := d.State()
	if s.Place != AtClaim || s.Result == nil || len(s.Runs) != 1 || s.Claim.Run != 3 || s.held.run != 3 || s.Result.QDQ.Size != 7 || !sameRecipe(s.Result.Recipe, r.Recipe) {
		t.Fatalf("after the check: %s, %+v", s.Place, s.Result)
	}
	d.Dispatch(OpenChecked{})
	if s := d.State(); s.Place != AtInspect || s.Stale() || s.Layers.Selected != "first" || d.taken() == "" {
		t.Errorf("%s, stale %v", s.Place, s.Stale())
	}
	d.Dispatch(Fork{})
	if s := d.State(); s.Claim != nil || s.Place != AtQuantize || s.Result == nil {
		t.Errorf("the fork: %+v at %s", s.Claim, s.Place)
	}
}

// The scalar engine is offered once layers were run here, and what it says stays until another model comes.
func TestScalarEngineIsAsked(t *testing.T) {
	d, r := claimed(t, finished(t))
	d.Dispatch(CheckScalar{})
	d.Dispatch(Dropped{Files: []File{file("copy.onnx")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("a")}}})
	d.Dispatch(CheckScalar{}) // the check is under way
	if got := d.taken(); got != "post open, post verify" {
		t.Fatal(got)
	}
	v := receipt.Compare(r, &receipt.Local{Receipt: *r})
	for i := range v.Steps {
		if v.Steps[i].Name == receipt.StepProbes {
			v.Steps[i].Status = receipt.Differs
		}
	}
	d.Dispatch(Verified{Job: 2, Verification: v})
	d.Dispatch(CheckScalar{})
	if got := d.taken(); got != "post recheck" || !d.State().Busy() {
		t.Fatal(got)
	}
	d.Dispatch(Rechecked{Job: 3, Recheck: receipt.Recheck{Sentence: "No fault."}})
	if s := d.State(); s.Claim.Scalar == nil || s.Said != "No fault." || s.Busy() {
		t.Errorf("%+v", s.Claim.Scalar)
	}
	d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
	d.Dispatch(Opened{Job: 4, Model: protocol.Model{Network: inspect.Network{SHA256: digest("b")}}})
	if d.State().Claim.Scalar != nil {
		t.Error("what was said of another model stays")
	}
}

// Every card says what became of its own figures, whatever became of the rest.
func TestEachCardSpeaksForItself(t *testing.T) {
	_, r := claimed1(t)
	for _, c := range []struct {
		name                        string
		change                      func(*receipt.Receipt)
		top1, agreement, parameters receipt.Status
		sentence                    string
	}{
		{"the same", func(*receipt.Receipt) {}, receipt.Match, receipt.Match, receipt.Match, "Every step matches"},
		{"re-saved", func(r *receipt.Receipt) { r.Model.SHA256 = digest("0") }, receipt.Match, receipt.Match, receipt.Match, "a re-saved file"},
		{"one answer", func(r *receipt.Receipt) { r.Metrics.Top1Quant-- }, receipt.Differs, receipt.Match, receipt.Match, "the metrics"},
		{"one agreement", func(r *receipt.Receipt) { r.Metrics.Agreement++ }, receipt.Match, receipt.Differs, receipt.Match, "the metrics"},
		{"sizes", func(r *receipt.Receipt) { r.Metrics.BytesAfter++ }, receipt.Match, receipt.Match, receipt.Differs, "the metrics"},
		{"logits", func(r *receipt.Receipt) { r.Digests.Logits = digest("0") }, receipt.Match, receipt.Match, receipt.Match, "the logits"},
		{"other images", func(r *receipt.Receipt) { r.Data.Evaluation.Digest = digest("0") }, receipt.NotRun, receipt.NotRun, receipt.Match, "the evaluation data"},
		{"images that calibrate otherwise", func(r *receipt.Receipt) {
			r.Data.Calibration.Digest = digest("0")
			r.Metrics.Top1Quant--
		}, receipt.Differs, receipt.NotRun, receipt.Match, "the calibration data"},
		{"another model", func(r *receipt.Receipt) { r.Model.SHA256, r.Digests.Logits = digest("0"), digest("0") }, receipt.NotRun, receipt.NotRun, receipt.NotRun, "the model"},
		{"no data", func(r *receipt.Receipt) { *r = receipt.Receipt{Model: r.Model} }, receipt.NotRun, receipt.NotRun, receipt.NotRun, "Not run"},
		{"no labels", func(r *receipt.Receipt) {
			r.Metrics.Labelled, r.Metrics.Top1Float, r.Metrics.Top1Quant, r.Metrics.Top1Integer = 0, 0, 0, 0
		}, receipt.NotRun, receipt.Match, receipt.Match, "the metrics"},
	} {
		got := *r
		c.change(&got)
		v := receipt.Compare(r, &receipt.Local{Receipt: got})
		claim := Claim{Receipt: r, Steps: v.Steps, Here: v.Metrics, Done: true}
		for f, want := range map[Figure]receipt.Status{Top1: c.top1, Agreement: c.agreement, Parameters: c.parameters} {
			if text, status := claim.Check(f); status != want {
				t.Errorf("%s: figure %d: %s (%s), want %s", c.name, f, text, status, want)
			}
			claim.Done = false
			if text, status := claim.Check(f); status != receipt.NotRun || text != "reported by the sender, not checked here" {
				t.Errorf("%s: figure %d before the check: %s (%s)", c.name, f, text, status)
			}
			claim.Done = true
		}
		if sentence, _ := claim.Verdict(); !strings.Contains(sentence, c.sentence) {
			t.Errorf("%s: %q", c.name, sentence)
		}
	}
}

func TestResavedFileIsNoDifference(t *testing.T) {
	_, r := claimed(t, finished(t))
	db := 30.0
	r.Model.Graph, r.Model.Weights, r.Digests.Weights = digest("6"), digest("7"), digest("8")
	r.Probes = receipt.Probes{Seed: 1, Count: 2, Root: digest("9")}
	r.Layers = []receipt.Layer{{Name: "conv", SQNR: &db, Output: "0000000000000000"}}
	got := receipt.Local{Receipt: *r}
	verdict := func(want receipt.Status, text string) {
		t.Helper()
		v := receipt.Compare(r, &got)
		c := Claim{Receipt: r, Steps: v.Steps, Cause: v.Cause, Here: v.Metrics, Done: true}
		if sentence, status := c.Verdict(); status != want || !strings.Contains(sentence, text) {
			t.Errorf("%s (%s), want %q (%s)", sentence, status, text, want)
		}
	}
	verdict(receipt.Match, "Every step matches")
	got.Model.SHA256 = digest("0")
	verdict(receipt.Match, "A re-saved file of the same network")
	got.Digests.Logits = digest("0")
	verdict(receipt.Differs, "the logits. Another engine")
	got.Model.Weights = digest("0")
	verdict(receipt.Differs, "is the model. Other weights")
	got = receipt.Local{Receipt: receipt.Receipt{Model: r.Model}}
	got.Model.SHA256 = digest("0")
	verdict(receipt.NotRun, "A re-saved file of the same network")
}

func TestTitleQuotesStrangers(t *testing.T) {
	_, r := claimed(t, finished(t))
	spoof := *r
	spoof.Model.Name, spoof.Recipe.Name = "verified ✓ by Quantscope", "This result was checked: match"
	want := "the model its sender calls “verified ✓ by Quantscope”, with a recipe called “This result was checked: match”"
	if got := (Claim{Receipt: &spoof}).Title(); got != want {
		t.Errorf("title %q", got)
	}
}

func TestAnotherModelIsNotRunUnasked(t *testing.T) {
	d, _ := claimed1(t)
	d.Dispatch(Dropped{Files: []File{file("other.onnx"), file("a.png")}})
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{SHA256: digest("b")}}})
	d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100}}})
	if got, want := d.taken(), "post open, post load"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, status := d.State().Claim.Verdict(); status != receipt.Differs {
		t.Errorf("verdict %s", status)
	}
	d.Dispatch(Recompute{})
	if got := d.taken(); got != "post verify" {
		t.Errorf("asked to check anyway: %s", got)
	}
}

func TestReceiptOfAnotherLinkIsRefused(t *testing.T) {
	_, raw, err := finished(t).State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk()
	d.Dispatch(OpenClaim{ID: digest("9")})
	d.Dispatch(Fetched{ID: digest("9"), Receipt: raw})
	if c := d.State().Claim; c.Problem == "" || c.Receipt != nil {
		t.Errorf("a receipt under a foreign digest is shown: %+v", c)
	}
	d.Dispatch(Fetched{ID: digest("8"), Receipt: raw})
	if d.State().Claim.ID != digest("9") {
		t.Error("an answer to another link is shown")
	}
}

// The page of a link is opened once: Back and Forward come to it again.
func TestClaimOfLink(t *testing.T) {
	d := newDesk()
	for _, link := range []Action{OpenPacked{}, OpenPacked{"1x"}, OpenClaim{ID: digest("d")}, OpenClaim{}} {
		if d.State().Claim.Of(link) {
			t.Errorf("%#v is open before", link)
		}
		d.Dispatch(link)
		if !d.State().Claim.Of(link) || d.State().Claim.Of(OpenClaim{ID: digest("e")}) || d.State().Claim.Of(nil) {
			t.Errorf("%#v is not what is open", link)
		}
	}
}

func TestForkLeavesTheLink(t *testing.T) {
	d, r := claimed(t, finished(t))
	d.Dispatch(Fork{})
	if s := d.State(); s.Claim != nil || s.Place != AtModel || !sameRecipe(s.Recipe, r.Recipe) || d.taken() != "ShowPlace" {
		t.Error("the fork keeps the claim or loses its recipe")
	}
}

// What is no whole link, no receipt of this version, or no receipt at all has its sentence each.
func TestWrongReceipts(t *testing.T) {
	d := newDesk()
	for _, id := range []string{"abc", digest("d")[1:], digest("d") + "0", ""} {
		d.Dispatch(OpenClaim{ID: id})
		if c := d.State().Claim; d.taken() != "" || !strings.HasPrefix(c.Problem, "The link is not whole:") {
			t.Errorf("/r/%s: %q", id, c.Problem)
		}
	}
	d.Dispatch(TextRead{File: file("r.json"), Text: []byte(`{"format":"quantscope-receipt/3"}`)})
	if c := d.State().Claim; !strings.Contains(c.Problem, "newer than this Quantscope") || d.State().Problem != nil {
		t.Errorf("%q, %+v", c.Problem, d.State().Problem)
	}
	for text, want := range map[string]string{
		`{"format":"quantscope-recipe/2"}`:                         "a recipe that cannot be used",
		`{"payloadType":"application/vnd.in-toto+json"}`:           "is an attestation",
		`{"mediaType":"application/vnd.dev.sigstore.bundle+json"}`: "is an attestation",
		`{"format":"another/1"}`:                                   "neither a recipe nor a receipt",
		"{\"format\":\"\u202egnp\"}":                               "neither a recipe nor a receipt",
		`{}`:                                                       "neither a recipe nor a receipt",
		`no JSON`:                                                  "neither a recipe nor a receipt",
	} {
		d.Dispatch(TextRead{File: file("x.json"), Text: []byte(text)})
		if p := d.State().Problem; p == nil || !strings.Contains(p.What+p.Why, want) || p.Next == "" || strings.ContainsRune(p.Why, '\u202e') {
			t.Errorf("%s: %+v", text, p)
		}
	}
}
