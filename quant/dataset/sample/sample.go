// Package sample draws the images of the built-in sample: 32×32 pixels, one of ten shapes at any
// angle, in any colours, among scraps and noise. They are ours, so they can be shipped with the page;
// and as there is no end to them, the network trained on them (see train) never sees one twice.
// The same seed draws the same image.
package sample

import (
	"image"
	"math"
	"math/rand/v2"
)

// Size is the side of an image in pixels.
const Size = 32

// Levels is the number of values of a channel: few enough for small PNG files.
const Levels = 16

// Classes are the names of the shapes in alphabetical order, which is how a folder of folders is numbered.
func Classes() []string {
	return []string{"arrow", "circle", "crescent", "cross", "heart", "pentagon", "ring", "square", "star", "triangle"}
}

// Seeds of the three sets; images of different seeds are drawn independently.
const (
	Training uint64 = 1 + iota
	Held            // to judge the network while it is being made
	Shipped         // in the archive
)

// samples² points per pixel decide how much of it a shape covers.
const samples = 3

// colour is red, green, blue, 0 to 1.
type colour [3]float64

// Draw makes image index of a seed's set; its class is index modulo the number of classes.
func Draw(seed, index uint64) (*image.RGBA, int) {
	g := rand.New(rand.NewPCG(seed, index))
	class := int(index % uint64(len(Classes())))
	canvas := background(g)
	for range 1 + g.IntN(4) {
		scrap(g, &canvas)
	}
	shape(g, &canvas, class)
	for range g.IntN(3) {
		scrap(g, &canvas)
	}
	return develop(g, &canvas), class
}

type canvas [Size][Size]colour

// background is a gradient between two near colours.
func background(g *rand.Rand) canvas {
	a := anyColour(g)
	b := mix(a, anyColour(g), 0.4)
	sin, cos := math.Sincos(between(g, 0, 2*math.Pi))
	var c canvas
	for y := range c {
		for x := range c[y] {
			t := 0.5 + (cos*(float64(x)-Size/2)+sin*(float64(y)-Size/2))/Size
			c[y][x] = mix(a, b, min(max(t, 0), 1))
		}
	}
	return c
}

// shape paints the class's shape in a colour that stands out from what is under its middle.
func shape(g *rand.Rand, c *canvas, class int) {
	radius := between(g, 8, 13)
	room := (Size - 2*radius) / 2
	cx, cy := Size/2+between(g, -room, room), Size/2+between(g, -room, room)
	sin, cos := math.Sincos(between(g, -0.6, 0.6))
	stretch := between(g, 0.85, 1.18)
	ink := contrasting(g, c[int(cy)][int(cx)], 0.22)
	paint(c, ink, func(x, y float64) bool {
		x, y = (x-cx)/radius, (y-cy)/radius
		return inside(class, (cos*x+sin*y)*stretch, (cos*y-sin*x)/stretch)
	})
}

// scrap paints a short bar or a small blot.
func scrap(g *rand.Rand, c *canvas) {
	cx, cy := between(g, 0, Size), between(g, 0, Size)
	sin, cos := math.Sincos(between(g, 0, 2*math.Pi))
	length, width := between(g, 1, 5.5), between(g, 0.5, 1.4)
	paint(c, anyColour(g), func(x, y float64) bool {
		x, y = x-cx, y-cy
		return math.Abs(cos*x+sin*y) < length && math.Abs(cos*y-sin*x) < width
	})
}

// paint covers each pixel as far as the figure does.
func paint(c *canvas, ink colour, covers func(x, y float64) bool) {
	for y := range c {
		for x := range c[y] {
			n := 0
			for i := range samples * samples {
				if covers(float64(x)+(float64(i%samples)+0.5)/samples, float64(y)+(float64(i/samples)+0.5)/samples) {
					n++
				}
			}
			if n > 0 {
				c[y][x] = mix(c[y][x], ink, float64(n)/(samples*samples))
			}
		}
	}
}

// develop adds grain, the same in the three channels but for a little, and rounds to Levels.
func develop(g *rand.Rand, c *canvas) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, Size, Size))
	grain := between(g, 0.01, 0.1)
	for y := range c {
		for x := range c[y] {
			light := g.NormFloat64() * grain
			at := m.PixOffset(x, y)
			for k, v := range c[y][x] {
				v += light + g.NormFloat64()*grain/3
				level := math.Round(min(max(v, 0), 1) * (Levels - 1))
				m.Pix[at+k] = uint8(level * 255 / (Levels - 1))
			}
			m.Pix[at+3] = 255
		}
	}
	return m
}

func anyColour(g *rand.Rand) colour { return colour{g.Float64(), g.Float64(), g.Float64()} }

// contrasting draws colours until one differs from other by least in brightness.
func contrasting(g *rand.Rand, other colour, least float64) colour {
	for {
		if c := anyColour(g); math.Abs(brightness(c)-brightness(other)) >= least {
			return c
		}
	}
}

func brightness(c colour) float64 { return 0.3*c[0] + 0.6*c[1] + 0.1*c[2] }

func mix(a, b colour, t float64) colour {
	for k := range a {
		a[k] += float64((b[k] - a[k]) * t)
	}
	return a
}

func between(g *rand.Rand, low, high float64) float64 { return low + float64((high-low)*g.Float64()) }
