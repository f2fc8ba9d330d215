package protocol

// Formats tries every format on the result of the last Run. It has no steps, is given up as soon as a further
// request waits, and answers after each format.
var Formats = Endpoint[FormatsRequest, Fits]{"formats"}

// FormatsRequest says what would be written.
type FormatsRequest struct {
	Run  int    `json:"run"`  // number of that Run
	Name string `json:"name"` // that the files' names begin with
}

// Fits are the formats that have been tried so far, in the order of Engine.Formats.
type Fits struct {
	List []Fit `json:"list"`
	Done bool  `json:"done"` // no more will come
}

// Fit tells what a format would write, or why it cannot hold the result.
type Fit struct {
	Format  string   `json:"format"`
	Files   []string `json:"files,omitempty"`
	Bytes   int64    `json:"bytes,omitempty"` // of all files
	Problem string   `json:"problem,omitempty"`
}
