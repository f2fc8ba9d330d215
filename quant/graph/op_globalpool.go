package graph

// GlobalAveragePool is the mean over H and W: [N,C,H,W] to [N,C,1,1]. ONNX operator GlobalAveragePool.
type GlobalAveragePool struct{}

// Type is the ONNX operator name.
func (GlobalAveragePool) Type() string { return "GlobalAveragePool" }

// Infer gives [N,C,1,1].
func (GlobalAveragePool) Infer(in []Value) ([]Value, error) { return inferGlobalPool(in) }

// GlobalMaxPool is the maximum over H and W: [N,C,H,W] to [N,C,1,1]. ONNX operator GlobalMaxPool.
type GlobalMaxPool struct{}

// Type is the ONNX operator name.
func (GlobalMaxPool) Type() string { return "GlobalMaxPool" }

// Infer gives [N,C,1,1].
func (GlobalMaxPool) Infer(in []Value) ([]Value, error) { return inferGlobalPool(in) }

// PerItem holds for the items of input 0.
func (GlobalAveragePool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// PerItem holds for the items of input 0.
func (GlobalMaxPool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// NonNegative holds where it does for all inputs: each element is a mean of elements.
func (GlobalAveragePool) NonNegative(in []bool) bool { return all(in) }

// Selects marks a Selector.
func (GlobalMaxPool) Selects() {}
