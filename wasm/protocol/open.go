package protocol

import "github.com/quantscope/quantscope/quant/inspect"

// Open reads a model. Parts: the model file, then its external data files.
var Open = Endpoint[OpenRequest, Model]{"open"}

// OpenRequest names the parts: paths as the user's folder had them.
type OpenRequest struct {
	Names []string `json:"names"`
}

// Model is an opened network.
type Model struct {
	inspect.Network
	Memory int64 `json:"memory"` // bytes that quantizing it takes at most, estimated
}
