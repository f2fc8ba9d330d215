package main

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// minGzip is the size in bytes under which compressing is not worth a file.
const minGzip = 1 << 10

// compress writes name.gz beside every file of dir that becomes at least a tenth smaller.
func compress(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "_") || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		plain, err := os.ReadFile(name)
		if err != nil || len(plain) < minGzip {
			return err
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(plain); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if b.Len() > len(plain)/10*9 {
			return nil
		}
		return os.WriteFile(name+".gz", b.Bytes(), 0o644)
	})
}
