package protocol

import "github.com/quantscope/quantscope/quant/receipt"

// Verify computes a receipt again with the model and the data already given, with steps on the way.
// Part of the answer: the ONNX QDQ file, where there is a result.
var Verify = Endpoint[VerifyRequest, Verified]{"verify"}

// Verified is what was found, with the result that was computed, for looking at as at one's own; nil where there were no
// data, and of engines before this was told.
type Verified struct {
	receipt.Verification
	Result *Result `json:"result,omitempty"`
}

// Recheck runs a receipt's probes on the scalar engine too, with the model already given.
var Recheck = Endpoint[RecheckRequest, receipt.Recheck]{"recheck"}

// RecheckRequest is the claim whose layers are run.
type RecheckRequest struct {
	Receipt receipt.Receipt `json:"receipt"`
}

// VerifyRequest is the claim to check.
type VerifyRequest struct {
	Receipt   receipt.Receipt `json:"receipt"`
	ModelOnly bool            `json:"modelOnly"` // leave out what needs data, also where there are some
}
