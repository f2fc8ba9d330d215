// Package lower turns a plan into a program: a list of kernel calls, with the constants that they read. It
// obeys the plan and decides nothing that could change a bit. Table is the list of operators: a row says how
// one runs on floats, how on codes, and what a plan has to know of it; an operator's file has both forms.
//
// Inside, a value has the order that the plan chose for it: images channels-last, with a halo of zeros where a convolution
// pads them, everything else in C order. ONNX order exists at the edges only.
package lower
