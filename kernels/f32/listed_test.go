package f32_test

import (
	"os"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kerneltest"
)

var tried kerneltest.Tried

func TestMain(m *testing.M) { os.Exit(tried.Main(m, call.F32IGEMM, call.Q8GEMM)) }
