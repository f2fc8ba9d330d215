package tflite

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// blocks is DEPTH_TO_SPACE and SPACE_TO_DEPTH, whose channels are blocks first as ONNX's are by default.
func blocks(op string) func(*node) {
	return func(n *node) {
		n.set(0, n.emit(op, []string{n.planar(0)}, onnx.Int("blocksize", n.options.int(0, 0))), true)
	}
}

// resizeBilinear has two fields that are no longer used before its flags.
func resizeBilinear(n *node) {
	switch corners, half := n.options.bool(2, false), n.options.bool(3, false); {
	case corners:
		n.resize("linear", "align_corners", "")
	case half:
		n.resize("linear", "half_pixel", "")
	default:
		n.resize("linear", "asymmetric", "")
	}
}

// resizeNearest takes the pixel at ⌊x·scale⌋, at the one nearest to it, or at ⌊(x+½)·scale⌋.
func resizeNearest(n *node) {
	switch corners, half := n.options.bool(0, false), n.options.bool(1, false); {
	case corners:
		n.resize("nearest", "align_corners", "round_prefer_ceil")
	case half:
		n.resize("nearest", "half_pixel", "round_prefer_ceil")
	default:
		n.resize("nearest", "asymmetric", "floor")
	}
}

func (n *node) resize(mode, coordinates, nearest string) {
	size := n.list(1, "the size")
	if n.err == nil && len(size) != 2 {
		n.fail(fmt.Errorf("the size %v is not a height and a width", brief(size)))
	}
	x := n.in(0)
	if n.err == nil && len(x.shape) != 4 {
		n.fail(fmt.Errorf("input %q %v is not of rank 4", x.name, x.shape))
	}
	if n.err != nil {
		return
	}
	attrs := []onnx.Attr{onnx.Text("mode", mode), onnx.Text("coordinate_transformation_mode", coordinates), onnx.Ints("axes", 2, 3)}
	if nearest != "" {
		attrs = append(attrs, onnx.Text("nearest_mode", nearest))
	}
	n.set(0, n.emit("Resize", []string{n.planar(0), "", "", n.ints("sizes", size...)}, attrs...), true)
}

// spaceToBatch cuts images of rank 4 into blocks and makes images of the pixels at the same place in each.
func spaceToBatch(n *node) {
	x, block, edges := n.in(0), n.list(1, "the block"), n.list(2, "the paddings")
	if n.err == nil && (len(x.shape) != 4 || len(block) != 2 || len(edges) != 4) {
		n.fail(errors.New("it is supported over height and width only"))
	}
	if n.err != nil || !n.positive(block) {
		return
	}
	y := n.emit("Pad", []string{n.plain(0), n.ints("pads", 0, edges[0], edges[2], 0, 0, edges[1], edges[3], 0)})
	batch, h, w, c := x.shape[0], (x.shape[1]+edges[0]+edges[1])/block[0], (x.shape[2]+edges[2]+edges[3])/block[1], x.shape[3]
	y = n.emit("Reshape", []string{y, n.ints("blocks", batch, h, block[0], w, block[1], c)})
	y = n.emit("Transpose", []string{y}, onnx.Ints("perm", 2, 4, 0, 1, 3, 5))
	n.set(0, n.emit("Reshape", []string{y, n.ints("shape", batch*block[0]*block[1], h, w, c)}), false)
}

// batchToSpace is the way back.
func batchToSpace(n *node) {
	x, block, crops := n.in(0), n.list(1, "the block"), n.list(2, "the crops")
	if n.err == nil && (len(x.shape) != 4 || len(block) != 2 || len(crops) != 4) {
		n.fail(errors.New("it is supported over height and width only"))
	}
	if n.err != nil || !n.positive(block) {
		return
	}
	batch, h, w, c := x.shape[0]/(block[0]*block[1]), x.shape[1], x.shape[2], x.shape[3]
	y := n.emit("Reshape", []string{n.plain(0), n.ints("blocks", block[0], block[1], batch, h, w, c)})
	y = n.emit("Transpose", []string{y}, onnx.Ints("perm", 2, 3, 0, 4, 1, 5))
	y = n.emit("Reshape", []string{y, n.ints("whole", batch, h*block[0], w*block[1], c)})
	n.set(0, n.cut(y, []int{0, crops[0], crops[2], 0},
		[]int{farEnd, h*block[0] - crops[1], w*block[1] - crops[3], farEnd}, []int{1, 1, 1, 1}), false)
}

// positive checks the sizes of a block, which divide others.
func (n *node) positive(block []int) bool {
	for _, b := range block {
		if b < 1 || b > 1<<15 {
			n.fail(fmt.Errorf("the block %v is not possible", block))
			return false
		}
	}
	return true
}
