package protocol

import "github.com/quantscope/quantscope/quant/inspect"

// Load opens a dataset. Parts: the data files. Parts of the answer: the files of a model, if one is in an
// archive among them.
var Load = Endpoint[LoadRequest, Loaded]{"load"}

// Loaded is the dataset. Where there was nothing but a model it has no items, and the dataset before stays.
type Loaded struct {
	inspect.Data
	Model []string `json:"model,omitempty"` // names of the parts, the model file first
}

// LoadRequest names the parts: paths as the user's folder had them, from which labels are read.
type LoadRequest struct {
	Names []string `json:"names"`
}
