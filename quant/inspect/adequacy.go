package inspect

// Adequacy is whether there are enough calibration items.
type Adequacy struct {
	Sentence string    `json:"sentence"`
	Enough   bool      `json:"enough"`
	More     int       `json:"more"`            // how many more to give, where they are not
	Ranges   []Settled `json:"ranges"`          // width of the ranges, of that of all items
	Answers  []Settled `json:"answers"`         // SQNR of the logits, dB
	Makers   []Maker   `json:"makers"`          // items that a range hangs on, the most first
	Notes    []string  `json:"notes,omitempty"` // what is to be known of the data
}

// Settled is what resampling gives with so many items; most of it lies from Low to High.
type Settled struct {
	Items  int     `json:"items"`
	Low    float64 `json:"low"`
	Middle float64 `json:"middle"`
	High   float64 `json:"high"`
}

// Maker is an item without which a range is narrower.
type Maker struct {
	Name      string  `json:"name"`
	Quantizer string  `json:"quantizer"`
	Share     float64 `json:"share"` // of the range that is gone without it
}
