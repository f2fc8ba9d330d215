// Package protocol is what the page and the core in its Web Worker say to each other. A message is
// a small JSON document, tagged by kind, and a list of parts: on the way to the core the user's
// files (handed over as Blobs, read lazily there), on the way back result files (ArrayBuffers,
// transferred, never cloned). The page imports this package and nothing else of the core.
package protocol

import (
	"encoding/json"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// Kind names a message.
type Kind string

// From the page. Each is answered by its result or by Failed; Run and Verify report Progress on the way.
const (
	Open   Kind = "open"   // parts: the model, then its external data files; body OpenBody
	Load   Kind = "load"   // parts: the data files; body LoadBody
	Run    Kind = "run"    // body RunBody
	Verify Kind = "verify" // body VerifyBody
	Export Kind = "export" // body ExportBody

	Compare Kind = "compare" // body CompareBody; with Progress

	// For looking at: without progress, and given up as soon as a later command of the page waits.
	AskPreview Kind = "preview" // body PreviewBody
	AskDetail  Kind = "detail"  // body DetailBody
)

// From the core.
const (
	Ready     Kind = "ready"     // the engine has started; body Engine
	Progress  Kind = "progress"  // body Step
	Opened    Kind = "opened"    // body Model
	Loaded    Kind = "loaded"    // body Data
	Finished  Kind = "finished"  // body Result; part: the ONNX QDQ file
	Exported  Kind = "exported"  // body File; part: its bytes
	Verified  Kind = "verified"  // body receipt.Verification
	Compared  Kind = "compared"  // body Comparison
	Previewed Kind = "previewed" // body Preview; parts: the pictures, BMP, of the inputs that are some
	Detailed  Kind = "detailed"  // body Detail; twice
	Failed    Kind = "failed"    // body Failure
)

// Message is one message without its parts. Job ties an answer to the command it answers: the page
// numbers its commands and drops answers to commands it has since abandoned.
type Message struct {
	Kind Kind            `json:"kind"`
	Job  int             `json:"job"`
	Body json.RawMessage `json:"body,omitempty"`
}

// New makes a message of the body, which must be one of this package's types.
func New(kind Kind, job int, body any) (Message, error) {
	raw, err := json.Marshal(body)
	return Message{Kind: kind, Job: job, Body: raw}, err
}

// OpenBody names the parts of an Open: paths as the user's folder had them.
type OpenBody struct {
	Names []string `json:"names"`
}

// LoadBody names the parts of a Load: paths as the user's folder had them, from which labels are read.
type LoadBody struct {
	Names []string `json:"names"`
}

// RunBody is everything the user chose.
type RunBody struct {
	Recipe recipe.Recipe `json:"recipe"`
}

// VerifyBody is the claim to check against the model and data already given.
type VerifyBody struct {
	Receipt receipt.Receipt `json:"receipt"`
}

// CompareBody asks where each recipe would put quantizers and what they would be calibrated to, on the
// data settings of the first.
type CompareBody struct {
	Recipes []recipe.Recipe `json:"recipes"`
}

// Comparison answers, in the order of the recipes.
type Comparison struct {
	Calibrations []report.Calibration `json:"calibrations"`
}

// ExportBody asks for the result of the last Run in a format.
type ExportBody struct {
	Run    int    `json:"run"`    // number of that Run: another one since would be another result
	Format string `json:"format"` // of Engine.Formats
	Name   string `json:"name"`   // that the files' names begin with
}

// File is a file to save: that of the format, or an archive of several.
type File struct {
	Name  string   `json:"name"`
	Notes []string `json:"notes"` // where it is not quite the fake-quantized network
}

// Format is a form in which the core writes results.
type Format struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Backend string `json:"backend"` // whose preset gives what it takes
}

// Engine describes the core that answers.
type Engine struct {
	Version string   `json:"version"` // digest of the engine, as in receipts
	Threads int      `json:"threads"` // that run networks at a time
	Cores   int      `json:"cores"`   // threads that it could make use of
	Formats []Format `json:"formats"`
}

// Step is how far a job has come. Total is 0 where a stage has no count.
type Step struct {
	Stage string `json:"stage"` // import, fuse, calibrate, quantize, evaluate, export
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// Result is a finished run.
type Result struct {
	Report     report.Report   `json:"report"`
	Receipt    receipt.Receipt `json:"receipt"`
	Quantizers []Quantizer     `json:"quantizers"`
	Placed     []Placed        `json:"placed"` // of each layer, in the order of the network
	Notes      []string        `json:"notes"`  // what was assumed or left out, one sentence each
}

// Failure is one sentence on what went wrong, where, why and what to do.
type Failure struct {
	Message string `json:"message"`
}
