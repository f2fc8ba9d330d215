package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxEntry bounds one unpacked file of an archive, maxArchive the files in it.
const (
	maxEntry   = 1 << 30
	maxArchive = 1 << 20
)

// unzip lists the files of a .zip or .npz, unpacked only when read, their names under the archive's.
func unzip(f File) ([]File, error) {
	b, err := f.Read()
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("not a readable zip archive: %w", err)
	}
	if len(r.File) > maxArchive {
		return nil, fmt.Errorf("%d files in one archive; up to %d are read", len(r.File), maxArchive)
	}
	var out []File
	for _, e := range r.File {
		if e.FileInfo().IsDir() {
			continue
		}
		out = append(out, File{
			Name: strings.TrimSuffix(f.Name, f.extension()) + "/" + strings.ReplaceAll(e.Name, `\`, "/"),
			Size: int64(min(e.UncompressedSize64, maxEntry)),
			Read: func() ([]byte, error) { return inflate(e) },
		})
	}
	return out, nil
}

// inflate unpacks one entry. The declared size is a hint only: an archive may lie, so the buffer
// grows with what really comes out.
func inflate(e *zip.File) ([]byte, error) {
	if e.UncompressedSize64 > maxEntry {
		return nil, fmt.Errorf("unpacks to %d bytes, more than %d", e.UncompressedSize64, maxEntry)
	}
	r, err := e.Open()
	if err != nil {
		return nil, fmt.Errorf("cannot be unpacked: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxEntry+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be unpacked: %w", err)
	}
	if len(b) > maxEntry {
		return nil, errors.New("unpacks to more than it declares")
	}
	return b, nil
}
