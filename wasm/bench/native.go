//go:build !js

package main

import (
	"fmt"
	"os"
)

// main says where the benchmark runs.
func main() {
	fmt.Fprintln(os.Stderr, "bench runs in a browser: make bench")
	os.Exit(2)
}
