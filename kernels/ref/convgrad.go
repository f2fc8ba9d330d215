package ref

// ConvGrad is the gradient of the weights of a convolution, channels last. Strips are stretches of pixels of the output: the
// place of the first one's window in X, of its gradient in Y, and how many there are, XPix and YPix apart. A window is Runs
// pieces of RunLen elements, by their places in it. Row o of the gradient, for channel o of Y, is To[o·LDC:], the runs one
// after the other.
type ConvGrad struct {
	X, Y       []float32
	XPix, YPix int
	Strips     [][3]int
	Block      int // strips
	Runs       []int
	RunLen     int
	To         []float32
	LDC, O     int
}

// Do computes To: for each block of strips the sum of products from 0 up, pixel by pixel; the sums of the blocks added from
// the first to the last. Every product and sum is rounded to float32.
func (g ConvGrad) Do() {
	for o := range g.O {
		for r, run := range g.Runs {
			for j := range g.RunLen {
				total := float32(0)
				for at := 0; at < len(g.Strips); at += g.Block {
					sum := float32(0)
					for _, s := range g.Strips[at:min(at+g.Block, len(g.Strips))] {
						for p := range s[2] {
							sum += float32(g.X[s[0]+p*g.XPix+run+j] * g.Y[s[1]+p*g.YPix+o])
						}
					}
					total += sum
				}
				g.To[o*g.LDC+r*g.RunLen+j] = total
			}
		}
	}
}
