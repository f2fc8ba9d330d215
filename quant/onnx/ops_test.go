package onnx

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

var (
	one1  = []int{1, 1}
	three = []int{3, 3}
	two   = []int{2, 2}
)

// weight is an initializer of zeros.
func weight(name string, dims ...int64) Tensor {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return FromFloats(name, dims, make([]float32, n))
}

// operatorCase is one node on x [2,3,8,8], and what it becomes or the words of its error.
type operatorCase struct {
	opset int64
	node  Node
	init  []Tensor
	ops   []graph.Op
	shape []int
	err   string
}

func operatorCases() map[string]operatorCase {
	type list = []Tensor
	conv := func(pads []int) graph.Conv {
		return graph.Conv{Kernel: three, Strides: two, Dilations: one1, Pads: pads, Group: 1}
	}
	deconv := func(pads []int, more []int) graph.ConvTranspose {
		return graph.ConvTranspose{Kernel: three, Strides: two, Dilations: one1, Pads: pads, OutputPadding: more, Group: 1}
	}
	w5, wt := weight("w", 5, 3, 3, 3), weight("w", 3, 5, 3, 3)
	text, num, num2, ab := Text, Int, Ints, Real
	return map[string]operatorCase{
		"conv":              {13, node("Conv", "x w", "y", num2("strides", 2, 2), num2("pads", 1, 0, 1, 2)), list{w5}, []graph.Op{conv([]int{1, 0, 1, 2})}, []int{2, 5, 4, 4}, ""},
		"conv same upper":   {13, node("Conv", "x w", "y", num2("strides", 2, 2), text("auto_pad", "SAME_UPPER")), list{w5}, []graph.Op{conv([]int{0, 0, 1, 1})}, []int{2, 5, 4, 4}, ""},
		"conv same lower":   {13, node("Conv", "x w", "y", num2("strides", 2, 2), text("auto_pad", "SAME_LOWER")), list{w5}, []graph.Op{conv([]int{1, 1, 0, 0})}, []int{2, 5, 4, 4}, ""},
		"conv valid":        {13, node("Conv", "x w", "y", num2("strides", 2, 2), text("auto_pad", "VALID")), list{w5}, []graph.Op{conv(make([]int, 4))}, []int{2, 5, 3, 3}, ""},
		"conv same dilated": {13, node("Conv", "x w", "y", num2("dilations", 2, 3), text("auto_pad", "SAME_UPPER")), list{w5}, []graph.Op{graph.Conv{Kernel: three, Strides: one1, Dilations: []int{2, 3}, Pads: []int{2, 3, 2, 3}, Group: 1}}, []int{2, 5, 8, 8}, ""},
		"conv group":        {13, node("Conv", "x w b", "y", num("group", 3)), list{weight("w", 6, 1, 1, 1), weight("b", 6)}, []graph.Op{graph.Conv{Kernel: one1, Strides: one1, Dilations: one1, Pads: []int{0, 0, 0, 0}, Group: 3}}, []int{2, 6, 8, 8}, ""},
		"conv bad group":    {13, node("Conv", "x w", "y", num("group", 2)), list{weight("w", 6, 1, 1, 1)}, nil, nil, "group 2 does not divide"},
		"conv bad bias":     {13, node("Conv", "x w b", "y"), list{w5, weight("b", 4)}, nil, nil, `bias "b"`},
		"conv bad kernel":   {13, node("Conv", "x w", "y", num2("kernel_shape", 2, 2)), list{w5}, nil, nil, "kernel_shape"},
		"conv too big":      {13, node("Conv", "x w", "y"), list{weight("w", 5, 3, 9, 9)}, nil, nil, "does not fit"},
		"conv stride zero":  {13, node("Conv", "x w", "y", num2("strides", 0, 1)), list{w5}, nil, nil, `"strides"`},
		"conv 1-D weight":   {13, node("Conv", "x w", "y"), list{weight("w", 5, 3, 3)}, nil, nil, `"Conv_y" (Conv)`},

		"deconv":        {13, node("ConvTranspose", "x w", "y", num2("strides", 2, 2), num2("output_padding", 1, 0)), list{wt}, []graph.Op{deconv(make([]int, 4), []int{1, 0})}, []int{2, 5, 18, 17}, ""},
		"deconv shape":  {13, node("ConvTranspose", "x w", "y", num2("strides", 2, 2), num2("output_shape", 16, 14)), list{wt}, []graph.Op{deconv([]int{1, 2, 0, 1}, make([]int, 2))}, []int{2, 5, 16, 14}, ""},
		"deconv upper":  {13, node("ConvTranspose", "x w", "y", num2("strides", 2, 2), text("auto_pad", "SAME_UPPER")), list{wt}, []graph.Op{deconv([]int{0, 0, 1, 1}, make([]int, 2))}, []int{2, 5, 16, 16}, ""},
		"deconv lower":  {13, node("ConvTranspose", "x w", "y", num2("strides", 2, 2), text("auto_pad", "SAME_LOWER")), list{wt}, []graph.Op{deconv([]int{1, 1, 0, 0}, make([]int, 2))}, []int{2, 5, 16, 16}, ""},
		"deconv larger": {13, node("ConvTranspose", "x w", "y", num2("strides", 2, 2), num2("output_shape", 2, 5, 20, 17)), list{wt}, []graph.Op{deconv(make([]int, 4), []int{3, 0})}, []int{2, 5, 20, 17}, ""},
		"deconv group":  {13, node("ConvTranspose", "x w", "y", num("group", 3)), list{weight("w", 3, 2, 1, 1)}, []graph.Op{graph.ConvTranspose{Kernel: one1, Strides: one1, Dilations: one1, Pads: []int{0, 0, 0, 0}, OutputPadding: []int{0, 0}, Group: 3}}, []int{2, 6, 8, 8}, ""},

		"maxpool ceil":     {13, node("MaxPool", "x", "y", num2("kernel_shape", 3, 3), num2("strides", 2, 2), num("ceil_mode", 1)), nil, []graph.Op{graph.MaxPool{Kernel: three, Strides: two, Dilations: one1, Pads: []int{0, 0, 0, 0}, Ceil: true}}, []int{2, 3, 4, 4}, ""},
		"maxpool ceil pad": {13, node("MaxPool", "x", "y", num2("kernel_shape", 1, 1), num2("strides", 2, 2), num2("pads", 0, 0, 1, 1), num("ceil_mode", 1)), nil, []graph.Op{graph.MaxPool{Kernel: one1, Strides: two, Dilations: one1, Pads: []int{0, 0, 1, 1}, Ceil: true}}, []int{2, 3, 4, 4}, ""},
		"maxpool bare":     {13, node("MaxPool", "x", "y"), nil, nil, nil, "kernel_shape"},
		"avgpool":          {13, node("AveragePool", "x", "y", num2("kernel_shape", 2, 2), text("auto_pad", "SAME_LOWER"), num("count_include_pad", 1)), nil, []graph.Op{graph.AveragePool{Kernel: two, Strides: one1, Dilations: one1, Pads: []int{1, 1, 0, 0}, Ceil: false, IncludePad: true}}, []int{2, 3, 8, 8}, ""},
		"avgpool dilated":  {19, node("AveragePool", "x", "y", num2("kernel_shape", 2, 2), num2("dilations", 3, 1)), nil, []graph.Op{graph.AveragePool{Kernel: two, Strides: one1, Dilations: []int{3, 1}, Pads: []int{0, 0, 0, 0}, Ceil: false, IncludePad: false}}, []int{2, 3, 5, 7}, ""},
		"avgpool early":    {13, node("AveragePool", "x", "y", num2("kernel_shape", 2, 2), num2("dilations", 3, 1)), nil, nil, nil, `"dilations" is not known at opset 13`},

		"clip 6":       {6, node("Clip", "x", "y", ab("max", 6), ab("min", 0)), nil, []graph.Op{graph.Clip{Lo: 0, Hi: 6}}, []int{2, 3, 8, 8}, ""},
		"clip 11":      {11, node("Clip", "x lo", "y"), list{FromFloats("lo", nil, []float32{-1})}, []graph.Op{graph.Clip{Lo: -1, Hi: 3.4028235e38}}, []int{2, 3, 8, 8}, ""},
		"clip max":     {13, node("Clip", "x _ hi", "y"), list{reals("hi", 6)}, []graph.Op{graph.Clip{Lo: -3.4028235e38, Hi: 6}}, []int{2, 3, 8, 8}, ""},
		"clip vector":  {13, node("Clip", "x _ hi", "y"), list{reals("hi", 6, 7)}, nil, nil, "not one float"},
		"leaky":        {13, node("LeakyRelu", "x", "y"), nil, []graph.Op{graph.LeakyRelu{Alpha: 0.01}}, []int{2, 3, 8, 8}, ""},
		"hard sigmoid": {13, node("HardSigmoid", "x", "y"), nil, []graph.Op{graph.HardSigmoid{Alpha: 0.2, Beta: 0.5}}, []int{2, 3, 8, 8}, ""},
		"prelu":        {13, node("PRelu", "x s", "y"), list{weight("s", 3, 1, 1)}, []graph.Op{graph.PRelu{}}, []int{2, 3, 8, 8}, ""},
		"prelu 6":      {6, node("PRelu", "x s", "y"), list{weight("s", 3)}, []graph.Op{graph.PRelu{}}, []int{2, 3, 8, 8}, ""},
		"prelu wide":   {13, node("PRelu", "x s", "y"), list{weight("s", 5, 1, 1, 1, 1)}, nil, nil, "does not broadcast"},

		"add 6":          {6, node("Add", "x b", "y", num("broadcast", 1), num("axis", 1)), list{weight("b", 3)}, []graph.Op{graph.Add{}}, []int{2, 3, 8, 8}, ""},
		"add 6 unspread": {6, node("Add", "x b", "y"), list{weight("b", 8)}, nil, nil, "broadcast is not set"},
		"add misfit":     {13, node("Add", "x b", "y"), list{weight("b", 7)}, nil, nil, "do not broadcast"},
		"mul spread":     {13, node("Mul", "x b", "y"), list{weight("b", 4, 1, 1, 1, 1)}, []graph.Op{graph.Mul{}}, []int{4, 2, 3, 8, 8}, ""},
		"bn":             {9, node("BatchNormalization", "x w w w w", "y", ab("epsilon", 0.5), ab("momentum", 0.9)), list{weight("w", 3)}, []graph.Op{graph.BatchNormalization{Epsilon: 0.5}}, []int{2, 3, 8, 8}, ""},
		"bn spatial":     {7, node("BatchNormalization", "x w w w w", "y", num("spatial", 0)), list{weight("w", 3)}, nil, nil, "spatial"},
		"bn size":        {9, node("BatchNormalization", "x w w w w", "y"), list{weight("w", 4)}, nil, nil, "want [3]"},
		"global":         {13, node("GlobalAveragePool", "x", "y"), nil, []graph.Op{graph.GlobalAveragePool{}}, []int{2, 3, 1, 1}, ""},

		"softmax 13":    {13, node("Softmax", "x", "y"), nil, []graph.Op{graph.Softmax{Axis: 3}}, []int{2, 3, 8, 8}, ""},
		"softmax 12":    {12, node("Softmax", "x", "y"), nil, []graph.Op{graph.Reshape{Shape: []int{2, 192}}, graph.Softmax{Axis: 1}, graph.Reshape{Shape: []int{2, 3, 8, 8}}}, []int{2, 3, 8, 8}, ""},
		"softmax 12 -1": {12, node("Softmax", "x", "y", num("axis", -1)), nil, []graph.Op{graph.Softmax{Axis: 3}}, []int{2, 3, 8, 8}, ""},

		"concat":      {13, node("Concat", "x x", "y", num("axis", -3)), nil, []graph.Op{graph.Concat{Axis: 1}}, []int{2, 6, 8, 8}, ""},
		"concat bare": {13, node("Concat", "x x", "y"), nil, nil, nil, `"axis" is missing`},
		"split 11":    {11, node("Split", "x", "y z", num("axis", 1), num2("split", 1, 2)), nil, []graph.Op{graph.Split{Axis: 1, Sizes: []int{1, 2}}}, []int{2, 1, 8, 8}, ""},
		"split 13":    {13, node("Split", "x s", "y z", num("axis", 1)), list{ints("s", 2, 1)}, []graph.Op{graph.Split{Axis: 1, Sizes: []int{2, 1}}}, []int{2, 2, 8, 8}, ""},
		"split equal": {13, node("Split", "x", "y z", num("axis", 3)), nil, []graph.Op{graph.Split{Axis: 3, Sizes: []int{4, 4}}}, []int{2, 3, 8, 4}, ""},
		"split 18":    {18, node("Split", "x", "y z w", num("axis", 3), num("num_outputs", 3)), nil, []graph.Op{graph.Split{Axis: 3, Sizes: []int{3, 3, 2}}}, []int{2, 3, 8, 3}, ""},
		"split odd":   {13, node("Split", "x", "y z", num("axis", 1)), nil, nil, nil, "equal parts"},
		"split sum":   {13, node("Split", "x s", "y z", num("axis", 1)), list{ints("s", 2, 2)}, nil, nil, "do not add up"},

		"slice 9":       {9, node("Slice", "x", "y", num2("starts", 1, -3), num2("ends", 3, 1<<40), num2("axes", 1, 2)), nil, []graph.Op{graph.Slice{Starts: []int{0, 1, 5, 0}, Steps: []int{1, 1, 1, 1}, Sizes: []int{2, 2, 3, 8}}}, []int{2, 2, 3, 8}, ""},
		"slice back":    {13, node("Slice", "x a b c d", "y"), list{ints("a", -1, 7), ints("b", -1<<63, 0), ints("c", 3, 2), ints("d", -1, -3)}, []graph.Op{graph.Slice{Starts: []int{0, 0, 7, 7}, Steps: []int{1, 1, -3, -1}, Sizes: []int{2, 3, 3, 8}}}, []int{2, 3, 3, 8}, ""},
		"slice none":    {13, node("Slice", "x a b c", "y"), list{ints("a", 5), ints("b", 2), ints("c", 3)}, []graph.Op{graph.Slice{Starts: []int{0, 0, 0, 0}, Steps: []int{1, 1, 1, 1}, Sizes: []int{2, 3, 8, 0}}}, []int{2, 3, 8, 0}, ""},
		"slice step 0":  {13, node("Slice", "x a b c d", "y"), list{ints("a", 0), ints("b", 2), ints("c", 3), ints("d", 0)}, nil, nil, "step 0"},
		"slice min":     {13, node("Slice", "x a b c d", "y"), list{ints("a", 7), ints("b", -1<<63), ints("c", 3), ints("d", -1<<63)}, []graph.Op{graph.Slice{Starts: []int{0, 0, 0, 7}, Steps: []int{1, 1, 1, 1}, Sizes: []int{2, 3, 8, 1}}}, []int{2, 3, 8, 1}, ""},
		"pad 2":         {2 + 5, node("Pad", "x", "y", num2("pads", 0, 0, 1, 2, 0, 0, 3, 4), ab("value", 1.5)), nil, []graph.Op{graph.Pad{Mode: graph.PadConstant, Before: []int{0, 0, 1, 2}, After: []int{0, 0, 3, 4}, Value: 1.5}}, []int{2, 3, 12, 14}, ""},
		"pad axes":      {18, node("Pad", "x p _ a", "y", text("mode", "edge")), list{ints("p", 1, 2, 3, 4), ints("a", -1, 2)}, []graph.Op{graph.Pad{Mode: graph.PadEdge, Before: []int{0, 0, 2, 1}, After: []int{0, 0, 4, 3}, Value: 0}}, []int{2, 3, 14, 12}, ""},
		"pad crop":      {13, node("Pad", "x p", "y"), list{ints("p", 0, 0, -1, 1, 0, 0, 2, -3)}, []graph.Op{graph.Slice{Starts: []int{0, 0, 1, 0}, Steps: []int{1, 1, 1, 1}, Sizes: []int{2, 3, 7, 5}}, graph.Pad{Mode: graph.PadConstant, Before: []int{0, 0, 0, 1}, After: []int{0, 0, 2, 0}, Value: 0}}, []int{2, 3, 9, 6}, ""},
		"pad reflect":   {13, node("Pad", "x p", "y", text("mode", "reflect")), list{ints("p", 0, 0, 8, 0, 0, 0, 0, 0)}, nil, nil, "mode reflect"},
		"pad count":     {13, node("Pad", "x p", "y"), list{ints("p", 0, 0)}, nil, nil, "2 entries for 4 axes"},
		"reduce mean":   {13, node("ReduceMean", "x", "y", num2("axes", -1, 2), num("keepdims", 0)), nil, []graph.Op{graph.ReduceMean{Axes: []int{2, 3}, KeepDims: false}}, []int{2, 3}, ""},
		"reduce 18":     {18, node("ReduceMean", "x a", "y"), list{ints("a", 3, 1)}, []graph.Op{graph.ReduceMean{Axes: []int{1, 3}, KeepDims: true}}, []int{2, 1, 8, 1}, ""},
		"reduce all":    {13, node("ReduceSum", "x", "y", num("keepdims", 0)), nil, []graph.Op{graph.ReduceSum{Axes: []int{0, 1, 2, 3}, KeepDims: false}}, []int{}, ""},
		"reduce twice":  {13, node("ReduceMax", "x", "y", num2("axes", 1, -3)), nil, nil, nil, "twice"},
		"reshape":       {13, node("Reshape", "x s", "y"), list{ints("s", 0, -1, 4)}, []graph.Op{graph.Reshape{Shape: []int{2, 48, 4}}}, []int{2, 48, 4}, ""},
		"reshape bad":   {13, node("Reshape", "x s", "y"), list{ints("s", 7, -1)}, nil, nil, "-1 has no solution"},
		"reshape count": {13, node("Reshape", "x s", "y"), list{ints("s", 7, 9)}, nil, nil, "cannot be reshaped to [7 9]"},
		"flatten":       {13, node("Flatten", "x", "y", num("axis", -1)), nil, []graph.Op{graph.Reshape{Shape: []int{48, 8}}}, []int{48, 8}, ""},
		"flatten 0":     {13, node("Flatten", "x", "y", num("axis", 0)), nil, []graph.Op{graph.Reshape{Shape: []int{1, 384}}}, []int{1, 384}, ""},
		"transpose":     {13, node("Transpose", "x", "y"), nil, []graph.Op{graph.Transpose{Perm: []int{3, 2, 1, 0}}}, []int{8, 8, 3, 2}, ""},
		"transpose bad": {13, node("Transpose", "x", "y", num2("perm", 0, 1, 1, 2)), nil, nil, nil, "is not an order of the axes 0 to 3"},
		"unsqueeze 11":  {11, node("Unsqueeze", "x", "y", num2("axes", 0, -1)), nil, []graph.Op{graph.Reshape{Shape: []int{1, 2, 3, 8, 8, 1}}}, []int{1, 2, 3, 8, 8, 1}, ""},
		"unsqueeze 13":  {13, node("Unsqueeze", "x a", "y"), list{ints("a", 2)}, []graph.Op{graph.Reshape{Shape: []int{2, 3, 1, 8, 8}}}, []int{2, 3, 1, 8, 8}, ""},
		"squeeze":       {13, node("Squeeze", "x a", "y"), list{ints("a", 2)}, nil, nil, "axis 2"},

		"resize 10":       {10, node("Resize", "x s", "y", text("mode", "linear")), list{reals("s", 1, 1, 2, 0.5)}, []graph.Op{graph.Resize{Mode: graph.ResizeLinear, Coord: graph.Asymmetric, Nearest: 0, Scale: [2]float32{2, 0.5}, Out: [2]int{16, 4}}}, []int{2, 3, 16, 4}, ""},
		"resize 10 down":  {10, node("Resize", "x s", "y"), list{reals("s", 1, 1, 0.5, 0.5)}, []graph.Op{graph.Resize{Mode: graph.ResizeNearest, Coord: graph.Asymmetric, Nearest: graph.NearestCeil, Scale: [2]float32{0.5, 0.5}, Out: [2]int{4, 4}}}, []int{2, 3, 4, 4}, ""},
		"resize 13":       {13, node("Resize", "x _ s", "y", text("coordinate_transformation_mode", "asymmetric"), text("nearest_mode", "floor")), list{reals("s", 1, 1, 2, 2)}, []graph.Op{graph.Resize{Mode: graph.ResizeNearest, Coord: graph.Asymmetric, Nearest: graph.NearestFloor, Scale: [2]float32{2, 2}, Out: [2]int{16, 16}}}, []int{2, 3, 16, 16}, ""},
		"resize sizes":    {13, node("Resize", "x _ _ s", "y", text("mode", "linear")), list{ints("s", 2, 3, 7, 5)}, []graph.Op{graph.Resize{Mode: graph.ResizeLinear, Coord: graph.HalfPixel, Nearest: 0, Scale: [2]float32{0.875, 0.625}, Out: [2]int{7, 5}}}, []int{2, 3, 7, 5}, ""},
		"resize batch":    {13, node("Resize", "x _ s", "y"), list{reals("s", 2, 1, 1, 1)}, nil, nil, "2-D only"},
		"resize cubic":    {13, node("Resize", "x _ s", "y", text("mode", "cubic"), num("exclude_outside", 1)), list{reals("s", 1, 1, 2, 1)}, []graph.Op{graph.Resample{Resize: graph.Resize{Mode: graph.ResizeCubic, Coord: graph.HalfPixel, Nearest: 0, Scale: [2]float32{2, 1}, Out: [2]int{16, 8}}, CubicA: -0.75, ExcludeOutside: true}}, []int{2, 3, 16, 8}, ""},
		"resize cubic 10": {10, node("Resize", "x s", "y", text("mode", "cubic")), list{reals("s", 1, 1, 1, 1)}, nil, nil, `"cubic"`},
		"resize alias":    {18, node("Resize", "x _ _ s", "y", text("mode", "linear"), num("antialias", 1)), list{ints("s", 2, 3, 4, 4)}, []graph.Op{graph.Resample{Resize: graph.Resize{Mode: graph.ResizeLinear, Coord: graph.HalfPixel, Nearest: 0, Scale: [2]float32{0.5, 0.5}, Out: [2]int{4, 4}}, Antialias: true}}, []int{2, 3, 4, 4}, ""},
		"resize crop": {13, node("Resize", "x r s", "y", text("mode", "linear"), text("coordinate_transformation_mode", "tf_crop_and_resize"), ab("extrapolation_value", 3)), list{reals("r", 0, 0, 0.5, -1, 1, 1, 1, 2), reals("s", 1, 1, 4, 0.5)},
			[]graph.Op{graph.Resample{Resize: graph.Resize{Mode: graph.ResizeLinear, Coord: graph.TFCropAndResize, Nearest: 0, Scale: [2]float32{2, 1.5}, Out: [2]int{16, 12}}, Start: [2]float32{0.5, -1}, End: [2]float32{1, 2}, Extrapolation: 3}}, []int{2, 3, 16, 12}, ""},
		"resize crop none": {13, node("Resize", "x r s", "y", text("coordinate_transformation_mode", "tf_crop_and_resize")), list{reals("r", 0, 0, 1, 0, 1, 1, 0, 1), reals("s", 1, 1, 4, 2)}, nil, nil, "empty"},
		"resize crop roi":  {13, node("Resize", "x r s", "y", text("coordinate_transformation_mode", "tf_crop_and_resize")), list{reals("r", 0, 1), reals("s", 1, 1, 4, 2)}, nil, nil, "roi has 2"},
		"resize crop nan":  {13, node("Resize", "x r s", "y", text("coordinate_transformation_mode", "tf_crop_and_resize")), list{reals("r", 0, 0, float32(math.NaN()), 0, 1, 1, 0, 1), reals("s", 1, 1, 4, 2)}, nil, nil, "roi goes"},
		"resize 11 empty":  {11, node("Resize", "x r s z", "y"), list{reals("r"), reals("s"), ints("z", 2, 3, 4, 4)}, []graph.Op{graph.Resize{Mode: graph.ResizeNearest, Coord: graph.HalfPixel, Nearest: graph.RoundPreferFloor, Scale: [2]float32{0.5, 0.5}, Out: [2]int{4, 4}}}, []int{2, 3, 4, 4}, ""},
		"upsample 7":       {7, node("Upsample", "x", "y", Attr{Name: "scales", Type: AttrFloats, Floats: []float32{1, 1, 2, 3}}), nil, []graph.Op{graph.Resize{Mode: graph.ResizeNearest, Coord: graph.Asymmetric, Nearest: graph.NearestFloor, Scale: [2]float32{2, 3}, Out: [2]int{16, 24}}}, []int{2, 3, 16, 24}, ""},
		"upsample 9":       {9, node("Upsample", "x s", "y", text("mode", "linear")), list{reals("s", 1, 1, 2, 2)}, []graph.Op{graph.Resize{Mode: graph.ResizeLinear, Coord: graph.Asymmetric, Nearest: 0, Scale: [2]float32{2, 2}, Out: [2]int{16, 16}}}, []int{2, 3, 16, 16}, ""},
		"upsample 10":      {10, node("Upsample", "x s", "y"), list{reals("s", 1, 1, 2, 2)}, nil, nil, "ended at opset 9"},

		"matmul":      {13, node("MatMul", "x w", "y"), list{weight("w", 5, 1, 1, 8, 4)}, []graph.Op{graph.MatMul{}}, []int{5, 2, 3, 8, 4}, ""},
		"matmul row":  {13, node("MatMul", "w x", "y"), list{weight("w", 8)}, []graph.Op{graph.MatMul{}}, []int{2, 3, 8}, ""},
		"matmul bad":  {13, node("MatMul", "x w", "y"), list{weight("w", 7, 4)}, nil, nil, "do not multiply"},
		"gemm rank":   {13, node("Gemm", "x x", "y"), nil, nil, nil, "not matrices"},
		"cast float":  {13, node("Cast", "x", "y", num("to", int(Double))), nil, []graph.Op{graph.Reshape{Shape: []int{2, 3, 8, 8}}}, []int{2, 3, 8, 8}, ""},
		"cast int":    {13, node("Cast", "x", "y", num("to", int(Int64))), nil, []graph.Op{graph.Cast{To: graph.Int64}}, []int{2, 3, 8, 8}, ""},
		"gather":      {13, node("Gather", "x i", "y", num("axis", 1)), list{ints("i", 2, -3)}, []graph.Op{graph.Gather{Axis: 1, Indices: []int{2, 0}, Shape: []int{2}}}, []int{2, 2, 8, 8}, ""},
		"gather far":  {13, node("Gather", "x i", "y", num("axis", 1)), list{ints("i", 3)}, nil, nil, "index 3 is outside axis 1"},
		"expand":      {13, node("Expand", "x s", "y"), list{ints("s", 4, 1, 1, 8, 1)}, []graph.Op{graph.Expand{Shape: []int{4, 2, 3, 8, 8}}}, []int{4, 2, 3, 8, 8}, ""},
		"expand none": {13, node("Expand", "x s", "y"), list{ints("s", 3, 1, 1)}, []graph.Op{graph.Reshape{Shape: []int{2, 3, 8, 8}}}, []int{2, 3, 8, 8}, ""},
		"expand bad":  {13, node("Expand", "x s", "y"), list{ints("s", 5, 8)}, nil, nil, "do not broadcast"},

		"elu":             {13, node("Elu", "x", "y", ab("alpha", 2)), nil, []graph.Op{graph.Elu{Alpha: 2}}, []int{2, 3, 8, 8}, ""},
		"exp":             {13, node("Exp", "x", "y"), nil, []graph.Op{graph.Exp{}}, []int{2, 3, 8, 8}, ""},
		"abs":             {13, node("Abs", "x", "y"), nil, []graph.Op{graph.Abs{}}, []int{2, 3, 8, 8}, ""},
		"log":             {13, node("Log", "x", "y"), nil, []graph.Op{graph.Log{}}, []int{2, 3, 8, 8}, ""},
		"round":           {13, node("Round", "x", "y"), nil, []graph.Op{graph.Round{}}, []int{2, 3, 8, 8}, ""},
		"sqrt":            {13, node("Sqrt", "x", "y"), nil, []graph.Op{graph.Sqrt{}}, []int{2, 3, 8, 8}, ""},
		"softplus":        {13, node("Softplus", "x", "y"), nil, []graph.Op{graph.Softplus{}}, []int{2, 3, 8, 8}, ""},
		"mish":            {18, node("Mish", "x", "y"), nil, []graph.Op{graph.Mish{}}, []int{2, 3, 8, 8}, ""},
		"gelu":            {20, node("Gelu", "x", "y"), nil, []graph.Op{graph.Gelu{}}, []int{2, 3, 8, 8}, ""},
		"gelu tanh":       {20, node("Gelu", "x", "y", text("approximate", "tanh")), nil, []graph.Op{graph.Gelu{Tanh: true}}, []int{2, 3, 8, 8}, ""},
		"gelu else":       {20, node("Gelu", "x", "y", text("approximate", "sigmoid")), nil, nil, nil, `"sigmoid"`},
		"pow":             {13, node("Pow", "x w", "y"), list{weight("w", 3, 1, 8)}, []graph.Op{graph.Pow{}}, []int{2, 3, 8, 8}, ""},
		"pow int":         {13, node("Pow", "x i", "y"), list{ints("i", 2)}, []graph.Op{graph.Pow{}}, []int{2, 3, 8, 8}, ""},
		"pow bad":         {13, node("Pow", "i x", "y"), list{ints("i", 2)}, nil, nil, "types int64 and float"},
		"lrn":             {13, node("LRN", "x", "y", num("size", 5), ab("beta", 0.5)), nil, []graph.Op{graph.LRN{Size: 5, Alpha: 1e-4, Beta: 0.5, Bias: 1}}, []int{2, 3, 8, 8}, ""},
		"lrn size":        {13, node("LRN", "x", "y"), nil, nil, nil, `"size" is missing`},
		"instance norm":   {13, node("InstanceNormalization", "x w w", "y"), list{weight("w", 3)}, []graph.Op{graph.InstanceNormalization{Epsilon: 1e-5}}, []int{2, 3, 8, 8}, ""},
		"instance bad":    {13, node("InstanceNormalization", "x w w", "y"), list{weight("w", 2)}, nil, nil, "want [3]"},
		"layer norm":      {17, node("LayerNormalization", "x w", "y", num("axis", -2), ab("epsilon", 1)), list{weight("w", 8, 1)}, []graph.Op{graph.LayerNormalization{Axis: 2, Epsilon: 1}}, []int{2, 3, 8, 8}, ""},
		"layer norm mean": {17, node("LayerNormalization", "x w w", "_y y"), list{weight("w", 8)}, []graph.Op{graph.LayerNormalization{Axis: 3, Epsilon: 1e-5}}, []int{2, 3, 8, 1}, ""},
		"layer norm bad":  {17, node("LayerNormalization", "x w", "y"), list{weight("w", 9)}, nil, nil, "does not broadcast"},
		"layer norm none": {17, node("LayerNormalization", "x w", "_ y"), list{weight("w", 8)}, nil, nil, "first output"},
		"depth":           {13, node("DepthToSpace", "x", "y", num("blocksize", 1), text("mode", "CRD")), nil, []graph.Op{graph.DepthToSpace{Block: 1, Inner: true}}, []int{2, 3, 8, 8}, ""},
		"depth bad":       {13, node("DepthToSpace", "x", "y", num("blocksize", 2)), nil, nil, nil, "squares of 2 channels"},
		"depth none":      {13, node("DepthToSpace", "x", "y"), nil, nil, nil, `"blocksize" is missing`},
		"space":           {13, node("SpaceToDepth", "x", "y", num("blocksize", 4)), nil, []graph.Op{graph.SpaceToDepth{Block: 4}}, []int{2, 48, 2, 2}, ""},
		"space bad":       {13, node("SpaceToDepth", "x", "y", num("blocksize", 3)), nil, nil, nil, "squares of 3"},

		"quantize":    {13, node("QuantizeLinear", "x s z", "q", num("axis", 1)), list{weight("s", 3), FromInts("z", Int8, []int64{3}, []int64{0, 0, 0})}, nil, nil, `output "y"`},
		"quantize 21": {21, node("QuantizeLinear", "x s", "y", num("output_dtype", int(Int16))), list{FromFloats("s", nil, []float32{1})}, []graph.Op{graph.QuantizeLinear{Axis: 0, To: graph.Int16}}, []int{2, 3, 8, 8}, ""},
		"blocked":     {21, node("QuantizeLinear", "x s", "y", num("block_size", 2)), list{weight("s", 3)}, nil, nil, "block_size"},
		"float8":      {21, node("QuantizeLinear", "x s", "y", num("output_dtype", 17)), list{weight("s", 3)}, nil, nil, "not supported"},
	}
}

// TestOperators decodes one node on x [2,3,8,8] and compares the operator, or the chain of operators,
// and the shape of y; each that is built is written and built again. An error is given by its words.
func TestOperators(t *testing.T) {
	for name, c := range operatorCases() {
		g, err := ToGraph(model(c.opset, []Node{c.node}, c.init...), Options{})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want an error with %q", name, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ops []graph.Op
		for _, n := range g.Nodes {
			ops = append(ops, n.Op)
		}
		if !reflect.DeepEqual(ops, c.ops) {
			t.Errorf("%s: %+v, want %+v", name, ops, c.ops)
		}
		if shape := g.Values[g.Outputs[0]].Shape; !slices.Equal(shape, c.shape) {
			t.Errorf("%s: shape %v, want %v", name, shape, c.shape)
		}
		if name != "quantize 21" { // which gains a zero point that tells its type
			t.Run(name, func(t *testing.T) { roundTrip(t, g, 21) })
		}
	}
}

// TestTable keeps the table of operators in order and without doubles.
func TestTable(t *testing.T) {
	for i := 1; i < len(operators); i++ {
		if a, b := operators[i-1].name, operators[i].name; a >= b {
			t.Errorf("%s comes before %s", a, b)
		}
	}
}
