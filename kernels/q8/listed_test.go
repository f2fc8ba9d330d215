package q8_test

import (
	"os"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kerneltest"
)

var tried kerneltest.Tried

func TestMain(m *testing.M) { os.Exit(tried.Main(m, call.Q8GEMM, call.Count)) }
