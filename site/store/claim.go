package store

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Claim is somebody's result, to be checked here.
type Claim struct {
	ID      string // in the share service; empty for a receipt file
	Receipt *receipt.Receipt
	Problem string          // why there is no receipt
	Steps   receipt.Verdict // outcome; nil before anything could be compared
	Done    bool            // everything was recomputed
	Sample  bool            // the claim is about the sample that ships with the page
}

// OpenClaim opens the page of a result link.
type OpenClaim struct{ ID string }

func (a OpenClaim) apply(s State) (State, []Effect) {
	s.Place = AtClaim
	s.Claim = &Claim{ID: a.ID}
	return s, []Effect{GetReceipt(a)}
}

// FollowLink goes to a result link that the user pasted: a whole address or only its id.
type FollowLink struct{ Text string }

func (a FollowLink) apply(s State) (State, []Effect) {
	id := strings.TrimSpace(a.Text)
	if i := strings.LastIndex(id, "/r/"); i >= 0 {
		id = id[i+len("/r/"):]
	}
	id, _, _ = strings.Cut(id, "#")
	id = strings.Trim(id, "/")
	if !receipt.IsDigest(id) {
		s.Problem = &Problem{
			What: "This is not a result link.",
			Why:  "A result link ends in /r/ and 64 hexadecimal digits.",
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
		s.Claim = &Claim{ID: id, Problem: err.Error()}
		return s
	}
	if digest, err := r.Digest(); id != "" && (err != nil || digest != id) {
		s.Claim = &Claim{ID: id, Problem: "The receipt stored under this link is not the one the link names: its digest is " + digest + "."}
		return s
	}
	s.Claim = &Claim{ID: id, Receipt: r, Sample: sample == r.Model.SHA256}
	s.Recipe = r.Recipe
	s.Edits = nil
	return s
}

// TextRead is a dropped .json file: a recipe or a receipt.
type TextRead struct {
	File         File
	Text         []byte
	Problem      string
	SampleSHA256 string
}

func (a TextRead) apply(s State) (State, []Effect) {
	var head struct {
		Format string `json:"format"`
	}
	name := path.Base(a.File.Path)
	wrong := func(why string) (State, []Effect) {
		s.Problem = &Problem{
			What: name + " is neither a recipe nor a receipt.",
			Why:  why,
			Next: "Drop an .onnx model, a folder of images, a recipe.json or a receipt file.",
		}
		return s, nil
	}
	if a.Problem != "" {
		return wrong(a.Problem)
	}
	if err := json.Unmarshal(a.Text, &head); err != nil {
		return wrong("It is not JSON: " + err.Error() + ".")
	}
	switch head.Format {
	case recipe.Format:
		r, err := recipe.Parse(a.Text)
		if err != nil {
			return wrong("It is a recipe that cannot be used: " + err.Error() + ".")
		}
		s.Recipe, s.Edits, s.Problem, s.Place = r, nil, nil, AtQuantize
		s.Said = "Recipe loaded."
		return s, []Effect{ShowPlace{AtQuantize}}
	case receipt.Format:
		s.Problem = nil
		s = s.claim("", a.Text, a.SampleSHA256)
		s.Place = AtClaim
		return s, []Effect{ShowPlace{AtClaim}}
	}
	return wrong("Its format is “" + head.Format + "”.")
}

// check compares what is already here with the claim, and recomputes once model and data are there.
func check(s State) (State, []Effect) {
	c := *s.Claim
	if c.Receipt == nil || s.Model == nil {
		return s, nil
	}
	got := receipt.Receipt{Model: receipt.Model{SHA256: s.Model.Summary.SHA256}}
	c.Steps, c.Done = receipt.Compare(c.Receipt, &got), false
	s.Claim = &c
	if s.Data == nil || s.Busy() || got.Model.SHA256 != c.Receipt.Model.SHA256 {
		return s, nil
	}
	return recompute(s)
}

// Recompute checks the claim although the model file differs.
type Recompute struct{}

func (Recompute) apply(s State) (State, []Effect) {
	if s.Claim == nil || s.Claim.Receipt == nil || s.Model == nil || s.Data == nil || s.Busy() {
		return s, nil
	}
	return recompute(s)
}

func recompute(s State) (State, []Effect) {
	s.Problem = nil
	s, effects := refill(s)
	s, e := enqueue(s, Job{Kind: protocol.Verify}, protocol.VerifyBody{Receipt: *s.Claim.Receipt})
	return s, append(effects, e...)
}

// Verified is the core's verdict.
type Verified struct {
	Job     int
	Verdict protocol.Verdict
}

func (a Verified) apply(s State) (State, []Effect) {
	s, _, known := finish(s, a.Job)
	if !known || s.Claim == nil {
		return s, nil
	}
	c := *s.Claim
	c.Steps, c.Done = a.Verdict.Steps, true
	s.Claim = &c
	s.Said, _ = c.Verdict()
	return s, nil
}

// Verdict is the outcome in a sentence, and which of match, differs and not run it is as a whole.
func (c Claim) Verdict() (string, receipt.Status) {
	var match, not []string
	for _, st := range c.Steps {
		switch st.Status {
		case receipt.Differs:
			return "Differs: the first step that is not the same is the " + st.Name + ".", receipt.Differs
		case receipt.Match:
			match = append(match, st.Name)
		default:
			not = append(not, st.Name)
		}
	}
	switch {
	case len(match) == 0:
		return "Nothing has been checked yet.", receipt.NotRun
	case len(not) == 0:
		return "Every step matches bit for bit on this machine.", receipt.Match
	}
	return "So far these match: " + strings.Join(match, ", ") + ". Not run: " + strings.Join(not, ", ") + ".", receipt.NotRun
}

// Fork leaves the claim and works on with its recipe.
type Fork struct{}

func (Fork) apply(s State) (State, []Effect) {
	s.Claim = nil
	s.Place = AtModel
	if s.Model != nil {
		s.Place = AtQuantize
	}
	return s, []Effect{ShowPlace{s.Place}}
}
