// Command build assembles the site from its sources, with Go alone:
//
//	go run ./site/build -out dist
//
// The folder then holds the two WebAssembly programs (the page, site.wasm, and the core, core.wasm),
// Go's wasm_exec.js, everything in site/static, a brotli and a gzip form beside each file worth it, and the files
// that tell Cloudflare which headers to send and which links are the page.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "dist", "folder to write; an earlier build there is replaced")
	best := flag.Bool("small", false, "compress as far as brotli can, which takes a minute or two: for a site that is put on the net")
	archive := flag.String("zip", "", "`file` to put the site into as well, as a zip archive")
	flag.Parse()
	quality := quick
	if *best {
		quality = small
	}
	err := build(".", *out, quality)
	if err == nil && *archive != "" {
		err = zipped(*out, *archive)
	}
	if err == nil {
		err = sizes(os.Stdout, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}
