// Package receipt is the document that one person hands another so that a result can be checked:
// which model, recipe and data went in, and the digests and figures that came out. It holds no
// weights and no images. A receipt has one canonical form; its SHA-256 is the receipt's digest, and
// the share service stores it under that digest.
package receipt

import "github.com/quantscope/quantscope/quant/recipe"

// Format names the document and its version.
const Format = "quantscope-receipt/1"

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
}

// Model is the network that was quantized, as the user gave it.
type Model struct {
	SHA256 string `json:"sha256"`         // of the file; where weights lie in further files, of the digests of all, as quant.Import has it
	Bytes  int64  `json:"bytes"`          // of all files
	Name   string `json:"name,omitempty"` // file name, only where the user chose to tell it
}

// Data are the two sets of items, after the split.
type Data struct {
	Calibration Set `json:"calibration"`
	Evaluation  Set `json:"evaluation"`
}

// Set is an ordered set of items. A set that was not used has no digest and count 0.
type Set struct {
	Digest string `json:"digest"`
	Count  int    `json:"count"`
}

// Digests are of what was computed, bit for bit.
type Digests struct {
	QParams string `json:"qparams"` // scale, zero point and range of every quantizer
	Logits  string `json:"logits"`  // of the fake-quantized network on every evaluation item; empty without evaluation
	Integer string `json:"integer"` // of the integer engine's logits, likewise
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
}
