//go:build !js

package engine

import "github.com/quantscope/quantscope/kernels/call"

// ProbeDot is DotI16: wazero has no relaxed SIMD.
func ProbeDot() call.Dot { return call.DotI16 }
