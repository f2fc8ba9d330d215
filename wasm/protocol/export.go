package protocol

// Export writes the result of the last Run in a format. Part of the answer: the file's bytes.
var Export = Endpoint[ExportRequest, File]{"export"}

// ExportRequest says what to write.
type ExportRequest struct {
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
