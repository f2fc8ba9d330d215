package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// sizes writes how large the programs of a built site are, as they are and as they travel.
func sizes(to io.Writer, dir string) error {
	fmt.Fprintf(to, "%-10s %8s %8s %8s  MB\n", "", "plain", "gzip", "brotli")
	for _, p := range programs() {
		fmt.Fprintf(to, "%-10s", p.file)
		for _, form := range []string{"", ".gz", ".br"} {
			info, err := os.Stat(filepath.Join(dir, p.file+form))
			if errors.Is(err, fs.ErrNotExist) { // not worth a file
				fmt.Fprintf(to, " %8s", "")
				continue
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(to, " %8.2f", float64(info.Size())/1e6)
		}
		fmt.Fprintln(to)
	}
	return nil
}
