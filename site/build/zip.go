package main

import (
	"archive/zip"
	"errors"
	"os"
)

// zipped puts a folder into an archive.
func zipped(dir, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	z := zip.NewWriter(f)
	return errors.Join(z.AddFS(os.DirFS(dir)), z.Close(), f.Close())
}
