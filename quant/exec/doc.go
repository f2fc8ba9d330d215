// Package exec runs a graph on the kernels. New has plan decide how the graph runs and lower turn that into
// kernel calls, and loads them into an engine; Run then copies the inputs in, does all calls in one go, and
// the outputs can be read. Only this package knows engines.
//
// ONNX order exists at the edges only. No bit of a run depends on what is kept or observed.
package exec
