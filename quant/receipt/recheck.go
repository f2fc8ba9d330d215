package receipt

// Recheck is what a second run of the probes, on the scalar engine, has shown.
type Recheck struct {
	Layers   int      `json:"layers"`            // that were run
	Differ   []string `json:"differ,omitempty"`  // of them, those that come out otherwise on the kernels
	Receipt  Status   `json:"receipt,omitempty"` // how the scalar engine's outputs stand to the receipt's
	Sentence string   `json:"sentence"`
}
