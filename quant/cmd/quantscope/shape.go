package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/onnx"
)

// shapes are those of inputs by name, as --shape gives them.
type shapes map[string][]int

// shapeFlag adds the flag that gives the sizes which a file leaves open.
func shapeFlag(f *flags) shapes {
	s := shapes{}
	f.Var(s, "shape", "`NAME=SIZES` of an input whose sizes the file leaves open: x=1,3,320,320; several times for several inputs")
	return s
}

func (s shapes) String() string { return "" }

// Set reads NAME=1,3,320,320. A name may hold an equals sign, and sizes none.
func (s shapes) Set(text string) error {
	at := strings.LastIndexByte(text, '=')
	if at < 1 {
		return fmt.Errorf("%q is not a shape: write x=1,3,320,320", text)
	}
	var shape []int
	for size := range strings.SplitSeq(strings.Trim(text[at+1:], "[]"), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1 {
			return fmt.Errorf("%q: %q is not a size, which is a whole number from 1 on", text, size)
		}
		shape = append(shape, n)
	}
	s[text[:at]] = shape
	return nil
}

// check finds a shape of something that is no input.
func (s shapes) check(m *onnx.Model) error {
	if m.Graph == nil {
		return nil // said by whoever makes a graph of it
	}
	inputs := namesOf(m.Graph.Feeds())
	for name := range s {
		if !slices.Contains(inputs, name) {
			return fmt.Errorf("--shape %s=…: there is no such input; there are %s", name, strings.Join(inputs, ", "))
		}
	}
	return nil
}

// wanted tells how to give the sizes that an input leaves open, "" where none does or its rank is not known.
func (s shapes) wanted(m *onnx.Model) string {
	if m.Graph == nil {
		return ""
	}
	for _, in := range m.Graph.Feeds() {
		if s[in.Name] != nil || !in.HasShape {
			continue
		}
		open, sizes := false, make([]string, len(in.Dims))
		for i, d := range in.Dims {
			sizes[i] = strconv.FormatInt(d.Value, 10)
			if !d.Set || d.Value < 0 {
				sizes[i], open = "N", open || i > 0 || len(in.Dims) == 1
				if i == 0 && len(in.Dims) > 1 {
					sizes[i] = "1"
				}
			}
		}
		if open {
			return fmt.Sprintf(": --shape %s=%s with a number for each N", in.Name, strings.Join(sizes, ","))
		}
	}
	return ""
}
