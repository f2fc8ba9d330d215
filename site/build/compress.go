package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// minSize is the size in bytes under which compressing is not worth a file.
const minSize = 1 << 10

// How much work brotli takes: quick is as fast as gzip and smaller, small takes a minute or two for the programs.
const (
	quick = 5
	small = brotli.BestCompression
)

// compress writes name.br and name.gz beside every file of dir that becomes at least a tenth smaller.
func compress(dir string, quality int) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "_") || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		plain, err := os.ReadFile(name)
		if err != nil || len(plain) < minSize {
			return err
		}
		window := brotli.WriterOptions{Quality: quality, LGWin: 24}
		if err := pack(name+".br", plain, func(b io.Writer) io.WriteCloser { return brotli.NewWriterOptions(b, window) }); err != nil {
			return err
		}
		return pack(name+".gz", plain, func(b io.Writer) io.WriteCloser {
			z, _ := gzip.NewWriterLevel(b, gzip.BestCompression) // a level that there is
			return z
		})
	})
}

// pack writes a compressed file if it is worth it.
func pack(name string, plain []byte, by func(io.Writer) io.WriteCloser) error {
	var b bytes.Buffer
	z := by(&b)
	if _, err := z.Write(plain); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if b.Len() > len(plain)/10*9 {
		return nil
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
