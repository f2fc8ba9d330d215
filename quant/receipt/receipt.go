// Package receipt is the document that one person hands another so that a result can be checked:
// which model, recipe and data went in, and the digests and figures that came out, layer by layer. It
// holds no weights and no images. A receipt has one canonical form; its SHA-256 is the receipt's digest,
// and the share service stores it under that digest.
//
// There are two versions. What version 2 added is marked; a receipt of version 1 has none of it, and a
// canonical form of its own.
package receipt

import (
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Format names the document and its version; Format1 is that of the first receipts.
const (
	Format  = "quantscope-receipt/2"
	Format1 = "quantscope-receipt/1"
)

// Release is the version of this engine. It changes when a bit of any result does.
const Release = "0.5.0"

// Engine is how receipts name an engine of some release.
func Engine(release string) string { return "quantscope " + release }

// ReleaseOf is the release of an engine as a receipt names it; false where the name is none of ours.
func ReleaseOf(engine string) (string, bool) {
	release, ours := strings.CutPrefix(engine, Engine(""))
	return release, ours && release != "" && strings.Trim(release, "0123456789.") == ""
}

// Readable tells whether a document of some format is a receipt that Parse reads.
func Readable(format string) bool { return format == Format || format == Format1 }

// MaxBytes bounds a receipt, as stored, sent and read.
const MaxBytes = 256 << 10

// Receipt is one result. Every digest is the SHA-256 of the bytes that its field names, as 64
// lowercase hexadecimal digits.
type Receipt struct {
	Format       string        `json:"format"`
	Engine       string        `json:"engine"` // version of the Quantscope that computed it; information only
	Model        Model         `json:"model"`
	Recipe       recipe.Recipe `json:"recipe"`
	RecipeDigest string        `json:"recipeDigest"`
	Data         Data          `json:"data"`
	Digests      Digests       `json:"digests"`
	Metrics      Metrics       `json:"metrics"`

	// Version 2.

	Activations []scheme.QParams `json:"activations,omitempty"` // of the quantizers of activations, in their order
	Layers      []Layer          `json:"layers,omitempty"`      // what the network does in one go, in the order of the network
	Probes      Probes           `json:"probes,omitzero"`       // inputs made of a seed, on which whoever has the model can compare every layer
}

// Model is the network that was quantized, as the user gave it.
type Model struct {
	SHA256 string `json:"sha256"`         // of the file; where weights lie in further files, of the digests of all, as quant.Import has it
	Bytes  int64  `json:"bytes"`          // of all files
	Name   string `json:"name,omitempty"` // file name, only where the user chose to tell it

	// Version 2.

	Source string `json:"source,omitempty"` // where the file can be had, only where the user chose to tell it; see CheckSource

	// By these a re-saved file is known.

	Graph   string   `json:"graph,omitempty"`   // of the network without names and weights
	Weights string   `json:"weights,omitempty"` // root of the hash tree over the tensors
	Tensors []string `json:"tensors,omitempty"` // the first 8 digits of each tensor's digest
}

// Layer is one step of the network.
type Layer struct {
	Name    string      `json:"name"`              // of its first node, see Label
	SQNR    *float64    `json:"sqnr,omitempty"`    // dB, two decimals, of the simulation's output; where the step is a layer with a weight
	Weights Fingerprint `json:"weights,omitempty"` // of the codes of its weights
	Output  Fingerprint `json:"output,omitempty"`  // of the integer engine's output on the probes

	// How many codes were printed, known where it was done only.
	WeightCount, OutputCount int `json:"-"`
}

// Probes are the network's inputs made of a seed.
type Probes struct {
	Seed  uint64 `json:"seed"`
	Count int    `json:"count"`
	Root  string `json:"root"` // of the hash tree over the layers' outputs
}

// Data are the two sets of items, after the split.
type Data struct {
	Calibration Set `json:"calibration"`
	Evaluation  Set `json:"evaluation"`
}

// Set is an ordered set of items. A set that was not used has no digest and count 0. The digest is of the
// list; from version 2 on it is the root of a hash tree over the items, so that some of them can be
// proven to be in it.
type Set struct {
	Digest string `json:"digest"`
	Count  int    `json:"count"`

	Marks Marks `json:"marks,omitempty"` // version 2
}

// Digests are of what was computed, bit for bit.
type Digests struct {
	QParams string `json:"qparams"`           // scale, zero point and range of every quantizer
	Logits  string `json:"logits"`            // of the fake-quantized network on every evaluation item; empty without evaluation
	Integer string `json:"integer"`           // of the integer engine's logits, likewise
	Weights string `json:"weights,omitempty"` // version 2: root of the hash tree over the codes of every quantized weight
}

// Metrics are counts, not rates, so that they are exact and an interval can be computed from them.
type Metrics struct {
	N           int   `json:"n"`           // items evaluated
	Labelled    int   `json:"labelled"`    // of them with a label; 0: top-1 is not known
	Top1Float   int   `json:"top1Float"`   // labelled items that the float network classified right
	Top1Quant   int   `json:"top1Quant"`   // labelled items that the fake-quantized network classified right
	Top1Integer int   `json:"top1Integer"` // labelled items that the integer engine classified right
	Agreement   int   `json:"agreement"`   // items on which the float and the fake-quantized network gave the same class
	BytesBefore int64 `json:"bytesBefore"` // parameters, as float32
	BytesAfter  int64 `json:"bytesAfter"`  // parameters, quantized

	// Version 2: what the first output's nearness to float is measured by, and the figure, a ratio to six decimals or
	// dB to two. Empty and 0 where a class is the only output: Agreement has it.
	Measure report.Measure `json:"measure,omitempty"`
	Value   float64        `json:"value,omitempty"`
}
