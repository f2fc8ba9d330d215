package protocol

// Engine describes the core that answers.
type Engine struct {
	Version string   `json:"version"` // digest of the engine, as in receipts
	Threads int      `json:"threads"` // that run networks at a time
	Cores   int      `json:"cores"`   // threads that it could make use of
	Formats []Format `json:"formats"`
	Largest int64    `json:"largest"` // bytes of a model that can be opened
	Memory  int64    `json:"memory"`  // bytes that a network may take while it runs
}

// Progress is how far a job is. Total is 0 where a stage has no count.
type Progress struct {
	Stage string `json:"stage"` // see Stages
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// Left is how many seconds it takes at most, where that is bounded; negative once they are over, and what was begun ends.
	Left float64 `json:"left,omitempty"`
	// Training is what there is to tell of a training since the last message.
	Training *Training `json:"training,omitempty"`
	// Kept is how many steps of the training, or iterations of the rounding, the message's part holds, a checkpoint; 0 if it
	// has none.
	Kept int `json:"kept,omitempty"`
}

// Failure is one sentence on what went wrong, where, why and what to do.
type Failure struct {
	Message string `json:"message"`
}
