package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/recipe"
)

// preprocessFlags are those that say what becomes of an image on its way into the network.
type preprocessFlags struct {
	*flags
	family, crop, mean, std, scale, order, layout *string
	resize                                        *int
	upright                                       *bool
}

func newPreprocessFlags(f *flags) preprocessFlags {
	return preprocessFlags{
		flags:   f,
		family:  f.String("preprocess", "", "preprocessing of a known `FAMILY`, its size that of the network: "+strings.Join(families(), ", ")),
		resize:  f.Int("resize", 0, "resize images to a shorter side of `N` pixels; 0: no resizing"),
		crop:    f.String("crop", "", "crop the centre, `N` or WIDTHxHEIGHT pixels; 0: the size of the network's input"),
		mean:    f.String("mean", "", "subtract `M`, or one number for each channel, M,M,M, after scaling"),
		std:     f.String("std", "", "divide by `S`, or one number for each channel, S,S,S"),
		scale:   f.String("scale", "", "multiply bytes by `X` first: 1, 1/255"),
		order:   f.String("order", "", "`ORDER` of channels: rgb, bgr, gray"),
		layout:  f.String("layout", "", "`LAYOUT` of the network's input: nchw, nhwc"),
		upright: f.Bool("upright", false, "turn photographs as their EXIF orientation says"),
	}
}

// given tells whether any of them was.
func (f preprocessFlags) given() bool {
	for _, name := range []string{"preprocess", "resize", "crop", "mean", "std", "scale", "order", "layout", "upright"} {
		if f.set(name) {
			return true
		}
	}
	return false
}

// plain takes bytes from 0 to 1.
func plainPreprocess() recipe.Preprocess {
	return recipe.Preprocess{Channels: "rgb", Layout: "nchw", Scale: 1. / 255, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}}
}

// over is p with what the flags say.
func (f preprocessFlags) over(p recipe.Preprocess) (recipe.Preprocess, error) {
	var err error
	if *f.family != "" {
		if p, err = preprocessing(*f.family); err != nil {
			return p, err
		}
	}
	if f.set("order") {
		if *f.order != "rgb" && *f.order != "bgr" && *f.order != "gray" {
			return p, f.wrong(fmt.Sprintf("--order %q is none of rgb, bgr, gray", *f.order))
		}
		if f.set("mean") && f.set("std") { // in that order themselves
			p.Channels = *f.order
		} else {
			p = dataset.WithOrder(p, *f.order)
		}
	}
	if f.set("layout") {
		p.Layout = *f.layout
	}
	if f.set("resize") {
		p.Resize = *f.resize
	}
	if f.set("upright") {
		p.Upright = *f.upright
	}
	if f.set("crop") {
		if p.Width, p.Height, err = sides(*f.crop); err != nil {
			return p, f.wrong(err.Error())
		}
	}
	if f.set("scale") {
		if p.Scale, err = fraction(*f.scale); err != nil {
			return p, f.wrong("--scale " + err.Error())
		}
	}
	for _, l := range []struct {
		name, text string
		to         *[]float32
	}{{"mean", *f.mean, &p.Mean}, {"std", *f.std, &p.Std}} {
		if f.set(l.name) {
			if *l.to, err = perChannel(l.text, p.Channels); err != nil {
				return p, f.wrong("--" + l.name + " " + err.Error())
			}
		}
	}
	return p, nil
}

// fit gives what was not said the values that the network needs, where the settings are those of a known
// preprocessing, with a note of the dataset; chosen tells that a recipe file has chosen them for this
// network.
func (f preprocessFlags) fit(p recipe.Preprocess, inputs []dataset.Input, chosen bool, d *dataset.Dataset) recipe.Preprocess {
	if chosen || len(inputs) != 1 {
		return p
	}
	fitted := dataset.Adapt(p, inputs[0].Shape)
	if f.set("order") {
		fitted.Channels, fitted.Mean, fitted.Std = p.Channels, p.Mean, p.Std
	}
	if f.set("layout") {
		fitted.Layout = p.Layout
	}
	if f.set("crop") {
		fitted.Width, fitted.Height = p.Width, p.Height
	}
	if f.set("crop") || f.set("resize") {
		fitted.Resize = p.Resize
	}
	if note := dataset.Describe(fitted); d.Pictures() && p.Width > 0 && (fitted.Width != p.Width || fitted.Height != p.Height) && !slices.Contains(d.Notes, note) {
		d.Notes = append(d.Notes, note)
	}
	return fitted
}

// sides reads N or WIDTHxHEIGHT.
func sides(s string) (width, height int, err error) {
	w, h, both := strings.Cut(strings.ReplaceAll(s, "×", "x"), "x")
	if !both {
		h = w
	}
	width, err = strconv.Atoi(w)
	if err == nil {
		height, err = strconv.Atoi(h)
	}
	if err != nil || width < 0 || height < 0 || both && (width == 0 || height == 0) {
		return 0, 0, fmt.Errorf("--crop %q is not a size: 224, or 320x240, width first, or 0 for that of the network", s)
	}
	return width, height, nil
}

// fraction reads a number, or one over another.
func fraction(s string) (float32, error) {
	above, below, divided := strings.Cut(s, "/")
	x, err := strconv.ParseFloat(above, 64)
	if divided && err == nil {
		var y float64
		y, err = strconv.ParseFloat(below, 64)
		x /= y
	}
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return float32(x), nil
}

// perChannel reads numbers, one for each channel or one for all.
func perChannel(s, order string) ([]float32, error) {
	var list []float32
	for part := range strings.SplitSeq(s, ",") {
		x, err := fraction(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	want := 3
	if order == "gray" {
		want = 1
	}
	if len(list) == 1 {
		list = slices.Repeat(list, want)
	}
	if len(list) != want {
		return nil, fmt.Errorf("%q has %d numbers; %s takes %d", s, len(list), order, want)
	}
	return list, nil
}
