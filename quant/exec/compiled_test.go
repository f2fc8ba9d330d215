package exec

import "github.com/quantscope/quantscope/kernels/engine"

// Compiled is the pool of the networks of tests, many of which have the same kernels: they are compiled once.
var Compiled = engine.NewPool(1)
