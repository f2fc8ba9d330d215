package protocol

import "github.com/quantscope/quantscope/quant/receipt"

// Verify computes a receipt again with the model and the data already given, with steps on the way.
var Verify = Endpoint[VerifyRequest, receipt.Verification]{"verify"}

// VerifyRequest is the claim to check.
type VerifyRequest struct {
	Receipt   receipt.Receipt `json:"receipt"`
	ModelOnly bool            `json:"modelOnly"` // leave out what needs data, also where there are some
}
