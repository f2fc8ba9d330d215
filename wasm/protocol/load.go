package protocol

import "github.com/quantscope/quantscope/quant/inspect"

// Load opens a dataset. Parts: the data files.
var Load = Endpoint[LoadRequest, inspect.Data]{"load"}

// LoadRequest names the parts: paths as the user's folder had them, from which labels are read.
type LoadRequest struct {
	Names []string `json:"names"`
}
