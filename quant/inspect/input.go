package inspect

// Input is one item as the network takes it.
type Input struct {
	Name      string   `json:"name"`
	Label     int      `json:"label"`     // class, -1 where unknown
	LabelName string   `json:"labelName"` // empty where it has none
	Shape     []int    `json:"shape"`     // without the batch
	Min       float32  `json:"min"`
	Max       float32  `json:"max"`
	Width     int      `json:"width"` // of the picture; 0 where the tensor is none
	Height    int      `json:"height"`
	Answers   []Answer `json:"answers"` // the network's first ones
}

// InputOf describes a tensor of the shape [C,H,W], or [H,W,C] for channelsLast, or any other. rgba is
// the picture, 4 bytes a pixel, where there are 1 or 3 channels: the least number of the tensor black,
// the greatest white, the first channel red.
func InputOf(x []float32, shape []int, channelsLast bool) (in Input, rgba []byte) {
	in = Input{Label: -1, Shape: shape}
	if len(x) == 0 {
		return in, nil
	}
	in.Min, in.Max = extremes(x)
	if len(shape) != 3 {
		return in, nil
	}
	c, h, w := shape[0], shape[1], shape[2]
	step, plane := 1, h*w
	if channelsLast {
		h, w, c = shape[0], shape[1], shape[2]
		step, plane = c, 1
	}
	if c != 1 && c != 3 || c*h*w != len(x) {
		return in, nil
	}
	in.Width, in.Height = w, h
	rgba = make([]byte, 4*w*h)
	for i := range w * h {
		for k := range 3 {
			rgba[4*i+k] = shade(x[i*step+min(k, c-1)*plane], in.Min, in.Max)
		}
		rgba[4*i+3] = 255
	}
	return in, rgba
}

// shade is 0 for lo, 255 for hi and for what is no number 0.
func shade(v, lo, hi float32) byte {
	share := (v - lo) / (hi - lo)
	if !(share > 0) {
		return 0
	}
	return byte(min(share, 1)*255 + 0.5)
}
