package sample

import (
	"image"
	"math"
	"math/rand/v2"
)

// Half draws an image of shapes without grain and its half: every pixel of the half is the mean of four.
func Half(seed, index uint64) (half, whole *image.RGBA) {
	g := rand.New(rand.NewPCG(seed, index))
	c := background(g)
	for range 1 + g.IntN(3) {
		scrap(g, &c)
	}
	shape(g, &c, int(index%uint64(len(Classes()))))
	whole, half = image.NewRGBA(image.Rect(0, 0, Size, Size)), image.NewRGBA(image.Rect(0, 0, Size/2, Size/2))
	for y := range Size {
		for x := range Size {
			for k, v := range c[y][x] {
				whole.Pix[whole.PixOffset(x, y)+k] = uint8(math.Round(min(max(v, 0), 1) * 255))
			}
			whole.Pix[whole.PixOffset(x, y)+3] = 255
		}
	}
	for y := range Size / 2 {
		for x := range Size / 2 {
			at := half.PixOffset(x, y)
			for k := range 3 {
				sum := 2
				for _, d := range [4][2]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
					sum += int(whole.Pix[whole.PixOffset(2*x+d[0], 2*y+d[1])+k])
				}
				half.Pix[at+k] = uint8(sum / 4)
			}
			half.Pix[at+3] = 255
		}
	}
	return half, whole
}
