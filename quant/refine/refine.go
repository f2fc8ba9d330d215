// Package refine makes a network easier to quantize, or a quantized one better, without changing what it
// computes in float: channels are scaled between layers so that their weights spread alike, and biases
// take back what rounding has shifted. What comes in is a network and items to calibrate on, what goes out the same
// network with other constants.
package refine
