// Package exec runs a graph on the kernels. New turns a graph into a plan: nodes are grouped into
// steps (an operator with the element-wise operators, fake-quantizers and observers that follow it),
// every value gets a place in the arena, and every step becomes kernel calls. Run then copies the
// inputs in, does all calls in one go, and the outputs can be read.
//
// Inside, tensors of rank 4 are channels-last (NHWC), with a halo of zeros where a convolution pads
// them; all others are C order. ONNX order exists at the edges only. The arithmetic of a plan depends
// on the graph and its quantizers, never on what is kept for reading.
package exec
