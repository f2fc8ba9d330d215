package store

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Claim is somebody's result, to be checked here.
type Claim struct {
	ID      string // in the share service; empty for a receipt file
	Packed  string // the receipt as its link holds it; empty where it came otherwise
	Receipt *receipt.Receipt
	Problem string               // why there is no receipt
	Steps   receipt.Verdict      // outcome; nil before anything could be compared
	Layers  []receipt.LayerCheck // one for each of the receipt's, where they could be compared
	Cause   string               // a guess at why something differs, one sentence
	Here    receipt.Metrics      // as computed here; zero before
	Done    bool                 // everything was recomputed, with data
	Scalar  *receipt.Recheck     // what the scalar engine said of the layers, nil if it was not asked
	Run     int                  // what was computed here, one of State.Runs; 0: nothing was
	Sample  bool                 // the claim is about the sample that ships with the page

	model string // SHA-256 of the model that Steps are about
	data  *Data  // that were last asked to be checked with; nil: the model alone was
}

// Of tells whether the claim is that of a link, OpenClaim or OpenPacked; nil is of none.
func (c *Claim) Of(link Action) bool {
	if c == nil {
		return false
	}
	switch a := link.(type) {
	case OpenClaim:
		return c.ID == a.ID
	case OpenPacked:
		return c.Packed == a.Packed
	}
	return false
}

// OpenClaim opens the page of a result link.
type OpenClaim struct{ ID string }

func (a OpenClaim) apply(s State) (State, []Effect) {
	s.Place = AtClaim
	s.Claim = &Claim{ID: a.ID}
	if !receipt.IsDigest(a.ID) {
		s.Claim.Problem = "The link is not whole: behind /r/ it has 64 digits and letters from a to f. Copy all of it, or ask for the receipt file."
		return s, nil
	}
	return s, []Effect{GetReceipt(a)}
}

// OpenPacked opens the page of a link that holds the whole receipt. No server is asked for it.
type OpenPacked struct{ Packed string }

func (a OpenPacked) apply(s State) (State, []Effect) {
	s.Place = AtClaim
	r, err := receipt.Unpack(a.Packed)
	if err != nil {
		s.Claim = &Claim{Packed: a.Packed, Problem: unreadable(err)}
		return s, nil
	}
	s = s.accept(r, Claim{Packed: a.Packed})
	return s, []Effect{NameSample{}}
}

// SampleNamed says which model the page's sample is, by its SHA-256; empty where there is none.
type SampleNamed struct{ SHA256 string }

func (a SampleNamed) apply(s State) (State, []Effect) {
	if s.Claim == nil || s.Claim.Receipt == nil {
		return s, nil
	}
	c := *s.Claim
	c.Sample = a.SHA256 == c.Receipt.Model.SHA256
	s.Claim = &c
	return s, nil
}

// FollowLink goes to a result link that the user pasted: a whole address or only its id.
type FollowLink struct{ Text string }

func (a FollowLink) apply(s State) (State, []Effect) {
	if packed, ok := receipt.Linked(a.Text); ok {
		return s, []Effect{OpenLink{Packed: packed}}
	}
	id := receipt.TidyLink(a.Text)
	if i := strings.LastIndex(id, "/r/"); i >= 0 {
		id = id[i+len("/r/"):]
	}
	id, _, _ = strings.Cut(id, "#")
	id = strings.Trim(id, "/")
	if !receipt.IsDigest(id) {
		s.Problem = &Problem{
			What: "This is not a result link.",
			Why:  "A result link has #receipt= in it, or ends in /r/ and 64 hexadecimal digits.",
			Next: "Paste the whole link, or drop a receipt file on the page.",
		}
		return s, nil
	}
	return s, []Effect{OpenLink{ID: id}}
}

// Fetched is the share service's answer to GetReceipt. SampleSHA256 is the digest of the sample's
// model, if it is known.
type Fetched struct {
	ID           string
	Receipt      []byte
	Problem      string
	SampleSHA256 string
}

func (a Fetched) apply(s State) (State, []Effect) {
	if s.Claim == nil || s.Claim.ID != a.ID {
		return s, nil
	}
	if a.Problem != "" {
		s.Claim = &Claim{ID: a.ID, Problem: a.Problem}
		return s, nil
	}
	return s.claim(a.ID, a.Receipt, a.SampleSHA256), nil
}

// claim shows a receipt for checking.
func (s State) claim(id string, raw []byte, sample string) State {
	r, err := receipt.Parse(raw)
	if err != nil {
		s.Claim = &Claim{ID: id, Problem: unreadable(err)}
		return s
	}
	if digest, err := r.Digest(); id != "" && (err != nil || digest != id) {
		s.Claim = &Claim{ID: id, Problem: "The receipt stored under this link is not the one the link names: its digest is " + digest + "."}
		return s
	}
	return s.accept(r, Claim{ID: id, Sample: sample == r.Model.SHA256})
}

// accept shows a receipt that could be read. What was checked of another one says nothing about it.
func (s State) accept(r *receipt.Receipt, c Claim) State {
	c.Receipt = r
	s.Claim = &c
	s.Recipe = r.Recipe
	s.Edits = nil
	return s
}

// unreadable is what a receipt or a link that cannot be read has to say, as the page writes it.
func unreadable(err error) string { return sentence(strings.TrimPrefix(err.Error(), "receipt: ")) }

// TextRead is a dropped .json file: a recipe or a receipt.
type TextRead struct {
	File         File
	Text         []byte
	Problem      string
	SampleSHA256 string
}

func (a TextRead) apply(s State) (State, []Effect) {
	var head struct {
		Format      string `json:"format"`
		PayloadType string `json:"payloadType"` // of an attestation
		MediaType   string `json:"mediaType"`   // of one in a bundle
	}
	name := path.Base(a.File.Path)
	wrong := func(why string) (State, []Effect) {
		s.Problem = &Problem{
			What: name + " is neither a recipe nor a receipt.",
			Why:  why,
			Next: "Drop a model, a folder of images, a recipe.json or a receipt file.",
		}
		return s, nil
	}
	if a.Problem != "" {
		return wrong(a.Problem)
	}
	if err := json.Unmarshal(a.Text, &head); err != nil {
		return wrong("It is not JSON: " + err.Error() + ".")
	}
	// Of another version, too, a document's own reader says best what is the matter.
	switch kind := kindOf(head.Format); {
	case kind == kindOf(recipe.Format):
		r, err := recipe.Parse(a.Text)
		if err != nil {
			return wrong("It is a recipe that cannot be used: " + err.Error() + ".")
		}
		s.Recipe, s.Edits, s.Problem, s.Place = r, nil, nil, AtQuantize
		s.Said = "Recipe loaded."
		return s, []Effect{ShowPlace{AtQuantize}}
	case kind == kindOf(receipt.Format):
		s.Problem = nil
		s = s.claim("", a.Text, a.SampleSHA256)
		s.Place = AtClaim
		return s, []Effect{ShowPlace{AtClaim}}
	case head.PayloadType != "" || head.MediaType != "":
		s.Problem = &Problem{
			What: name + " is an attestation, a receipt that somebody signed.",
			Why:  "The signature is checked by the command, which has your copy of the signer's key.",
			Next: "Run quantscope verify " + name + " --model MODEL --key PUBLIC.pem, or drop the receipt itself.",
		}
		return s, nil
	}
	return wrong("Its format is " + receipt.Quoted(head.Format) + ".")
}

// kindOf is the name of a document's format without its version.
func kindOf(format string) string {
	kind, _, _ := strings.Cut(format, "/")
	return kind
}

// check compares what is already here with the claim: the model by itself, as soon as it is there, and
// everything once the data are. A model that differs is only run with data where the user asks for it.
func check(s State) (State, []Effect) {
	c := *s.Claim
	if c.Receipt == nil || s.Model == nil {
		return s, nil
	}
	known := c.Steps != nil && c.model == s.Model.Summary.SHA256
	if !known {
		got := receipt.Local{Receipt: receipt.Receipt{Model: receipt.Model{SHA256: s.Model.Summary.SHA256, Bytes: s.Model.Summary.Bytes}}}
		c.Steps, c.Layers, c.Cause, c.Here, c.Done, c.Run = receipt.Compare(c.Receipt, &got).Steps, nil, "", receipt.Metrics{}, false, 0
		c.Scalar, c.data = nil, nil
		c.model = s.Model.Summary.SHA256
	}
	if c.data != nil && c.data != s.Data {
		c.forgetData()
	}
	s.Claim = &c
	layers := c.Receipt.Format != receipt.Format1
	switch {
	case s.Busy():
		return s, nil
	case layers && !known:
		return recompute(s, false)
	case s.Data == nil || c.data == s.Data || c.Steps.OfModel().Differs():
		return s, nil
	}
	return recompute(s, true)
}

// forgetData takes back what was found with data that are not here any more.
func (c *Claim) forgetData() {
	own := len(c.Steps.OfModel())
	c.Steps = slices.Clone(c.Steps)
	for i, st := range c.Steps[own:] {
		c.Steps[own+i] = receipt.Step{Name: st.Name, Status: receipt.NotRun, Expected: st.Expected}
	}
	if !c.Steps.Differs() {
		c.Cause = ""
	}
	c.Here, c.Done, c.Run, c.data = receipt.Metrics{}, false, 0, nil
}

// Recompute checks the claim although the model file differs.
type Recompute struct{}

func (Recompute) apply(s State) (State, []Effect) {
	if s.Claim == nil || s.Claim.Receipt == nil || s.Model == nil || s.Data == nil || s.Busy() {
		return s, nil
	}
	return recompute(s, true)
}

// recompute sends the claim to the core, to be checked with the data or with the model alone.
func recompute(s State, data bool) (State, []Effect) {
	c := *s.Claim
	if c.data = nil; data {
		c.data = s.Data
	}
	s.Claim = &c
	var effects []Effect
	if release, _ := s.Claim.Foreign(); s.Checker() != "" && s.Checker() != release {
		s, effects = home(s, protocol.Run.Kind)
	}
	s, more := request(s, protocol.Verify, protocol.VerifyRequest{Receipt: *s.Claim.Receipt, ModelOnly: !data}, Job{})
	return s, append(effects, more...)
}

// Verified is the core's verdict.
// Result is what was computed for it, with the browser's handle of the quantized model's bytes; nil without data.
type Verified struct {
	Job          int
	Verification receipt.Verification
	Result       *protocol.Result
	QDQ          any
	Size         int64
	Now          float64
}

func (a Verified) apply(s State) (State, []Effect) {
	began := s.Clock.Start
	s, _, known := finish(s, a.Job)
	if a.Result != nil {
		s.held.run = a.Job
	}
	if !known || s.Claim == nil {
		return s, nil
	}
	c, v := *s.Claim, a.Verification
	if c.Run = 0; a.Result != nil && s.Model != nil && s.Data != nil && s.foreign == (EngineFiles{}) {
		r := s.made(a.Job, *a.Result, c.Receipt.Recipe, a.QDQ, a.Size)
		if began > 0 {
			r.Seconds = (a.Now - began) / 1000
		}
		s = s.present(r)
		if len(r.Report.Layers) > 0 {
			s.Layers.Selected = r.Report.Layers[0].Name
		}
		c.Run = a.Job
	}
	c.Steps, c.Layers, c.Cause, c.Here, c.Done = v.Steps, v.Layers, v.Cause, v.Metrics, v.Metrics.N > 0
	s.Claim = &c
	s.Said, _ = c.Verdict()
	if c.Done {
		return s, nil
	}
	return check(s) // the data may have come in the meantime
}

// CheckScalar has the layers run on the scalar engine too, which tells a fault of the kernels here from other data.
type CheckScalar struct{}

func (CheckScalar) apply(s State) (State, []Effect) {
	if !s.Scalable() || s.Busy() {
		return s, nil
	}
	return request(s, protocol.Recheck, protocol.RecheckRequest{Receipt: *s.Claim.Receipt}, Job{})
}

// Scalable tells whether layers of the claim were run here, by the page's own engine, and can be by the scalar one.
func (s State) Scalable() bool {
	return s.Claim != nil && s.Claim.Receipt != nil && s.Model != nil && s.Checker() == "" && s.Claim.Steps.Status(receipt.StepProbes) != receipt.NotRun
}

// Rechecked is what the scalar engine says.
type Rechecked struct {
	Job     int
	Recheck receipt.Recheck
}

func (a Rechecked) apply(s State) (State, []Effect) {
	s, _, known := finish(s, a.Job)
	if !known || s.Claim == nil {
		return s, nil
	}
	c := *s.Claim
	c.Scalar = &a.Recheck
	s.Claim = &c
	s.Said = a.Recheck.Sentence
	return s, nil
}

// Verdict is the outcome in a sentence, and which of match, differs and not run it is as a whole.
func (c Claim) Verdict() (string, receipt.Status) {
	var match, differ, not []string
	for _, st := range c.Steps {
		switch st.Status {
		case receipt.Differs:
			differ = append(differ, st.Name)
		case receipt.Match:
			match = append(match, st.Name)
		default:
			not = append(not, st.Name)
		}
	}
	switch {
	case len(match)+len(differ) == 0:
		return "Nothing has been checked yet.", receipt.NotRun
	case c.Steps.Resaved() && len(differ) == 1 && len(not) == 0:
		return "A re-saved file of the same network, with the same weights: every other step matches bit for bit on this machine.", receipt.Match
	case c.Steps.Resaved() && len(differ) == 1:
		return "A re-saved file of the same network, with the same weights. So far these match: " + strings.Join(match, ", ") + ". Not run: " + strings.Join(not, ", ") + ".", receipt.NotRun
	case slices.Equal(differ, []string{receipt.StepModel}) && len(not) == 0:
		return "The model's file is a different one, but everything computed from it is the same: a re-saved file of the same network.", receipt.Differs
	case len(differ) > 0:
		if c.Steps.Resaved() { // that alone is no difference
			differ = differ[1:]
		}
		return strings.TrimSpace("Differs: the first step that is not the same is the " + differ[0] + ". " + c.Cause), receipt.Differs
	case len(not) == 0:
		return "Every step matches bit for bit on this machine.", receipt.Match
	}
	return "So far these match: " + strings.Join(match, ", ") + ". Not run: " + strings.Join(not, ", ") + ".", receipt.NotRun
}

// Figure is one of the figures that a receipt reports.
type Figure int

// The figures, a card each.
const (
	Top1 Figure = iota
	Agreement
	Parameters
)

// Check says what became of one figure, and only of that one: a file may differ and its figures be the
// same.
func (c Claim) Check(f Figure) (string, receipt.Status) {
	there, here := c.Receipt.Metrics, c.Here
	var same, run bool
	var found string
	of := c.other()
	switch f {
	case Top1:
		run = here.Labelled > 0
		same = there.Labelled == here.Labelled && there.Top1Float == here.Top1Float && there.Top1Quant == here.Top1Quant && there.Top1Integer == here.Top1Integer
		found = fmt.Sprintf("%d → %d (integers %d) of %d", here.Top1Float, here.Top1Quant, here.Top1Integer, here.Labelled)
	case Agreement:
		run = here.N > 0
		same = there.N == here.N && there.Agreement == here.Agreement && there.Measure == here.Measure && there.Value == here.Value
		found = fmt.Sprintf("%d of %d", here.Agreement, here.N)
		if here.Measure != "" {
			found = phrase.Measured(here.Measure, here.Value)
		}
	case Parameters:
		run = here.BytesBefore > 0
		if of == otherItems { // which have no part in it
			of = ""
		}
		same = there.BytesBefore == here.BytesBefore && there.BytesAfter == here.BytesAfter
		found = fmt.Sprintf("%d → %d bytes", here.BytesBefore, here.BytesAfter)
	}
	switch {
	case !c.Done || !run:
		return "reported by the sender, not checked here", receipt.NotRun
	case same && of != "":
		return "the same figure here, but of " + of + ": that does not check it", receipt.NotRun
	case same:
		return "computed here too: the same", receipt.Match
	case of != "":
		return "computed here of " + of + ": " + found, receipt.Differs
	}
	return "computed here: " + found, receipt.Differs
}

const otherItems = "other images or arrays"

// other is what the figures here are of that the receipt's are not; empty where they are of the same.
func (c Claim) other() string {
	switch differs := func(step string) bool { return c.Steps.Status(step) == receipt.Differs }; {
	case differs(receipt.StepModel) && !c.Steps.Resaved() && (differs(receipt.StepWeights) || differs(receipt.StepGraph) || differs(receipt.StepLogits)):
		return "another model"
	case differs(receipt.StepCalibration) || differs(receipt.StepEvaluation):
		return otherItems
	}
	return ""
}

// Title names the claim in its sender's words, which are marked as such.
func (c Claim) Title() string {
	r := c.Receipt
	model := "model " + r.Model.SHA256[:8]
	if r.Model.Name != "" {
		model = "the model its sender calls " + receipt.Quoted(r.Model.Name)
	}
	if r.Recipe.Name == "" {
		return model
	}
	return model + ", with a recipe called " + receipt.Quoted(r.Recipe.Name)
}

// OpenChecked shows what was computed for the claim as one's own result. The claim stays where its link is.
type OpenChecked struct{}

func (OpenChecked) apply(s State) (State, []Effect) {
	if s.Claim == nil || s.Claim.Run == 0 {
		return s, nil
	}
	for i, r := range s.Runs {
		if r.Run == s.Claim.Run {
			s = s.show(i)
			s.Recipe, s.Edits = r.Recipe, nil
			s.Place = AtInspect
			return s, []Effect{ShowPlace{AtInspect}}
		}
	}
	return s, nil
}

// Fork leaves the claim and works on with its recipe.
type Fork struct{}

func (Fork) apply(s State) (State, []Effect) {
	s.Claim = nil
	s.Place = AtModel
	if s.Model != nil {
		s.Place = AtQuantize
	}
	s, effects := home(s, protocol.Run.Kind)
	return s, append(effects, ShowPlace{s.Place})
}
