package dataset

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/quantscope/quantscope/quant/room"
)

// File is a file as a page or a command hands it over.
type File struct {
	Name string // path with forward slashes, folders included: they may hold the labels
	Size int64  // as it is said to be: what is read is checked against it

	// Open gives the bytes from the first on, the same each time. Of an archive only what is needed is
	// read where they are an io.ReaderAt too; it stays open as long as the dataset.
	Open func() (io.ReadCloser, error)
}

// InMemory is a File of bytes already there.
func InMemory(name string, b []byte) File {
	return File{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return inMemory{bytes.NewReader(b)}, nil }}
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// read gives all bytes if there are at most most, and memory for them.
func (f File) read(most int64) ([]byte, error) {
	if f.Size > most { // not worth opening
		return nil, fmt.Errorf("it has %s, and up to %s are read of a file of its kind", room.Size(f.Size), room.Size(most))
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return room.Read(r, f.Size, most)
}

// headLen is by how many bytes a file is known.
const headLen = 4096

// image gives all bytes of an image. Of a file that is none, as its first bytes tell, no more is read, and unpacked.
func (f File) image() ([]byte, error) {
	if f.Size > maxImageFile {
		return f.read(maxImageFile) // which says so
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head := make([]byte, headLen)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if _, err := recognise(head[:n]); err != nil {
		return nil, err
	}
	return room.Read(io.MultiReader(bytes.NewReader(head[:n]), r), f.Size, maxImageFile)
}

// extension is the lower-case extension with its dot.
func (f File) extension() string { return strings.ToLower(path.Ext(f.Name)) }

// base is the file name without folders and extension.
func (f File) base() string {
	b := path.Base(f.Name)
	return strings.TrimSuffix(b, path.Ext(b))
}

// folder is the name of the folder the file is in, "" if there is none.
func (f File) folder() string {
	dir := path.Dir(f.Name)
	if dir == "." || dir == "/" {
		return ""
	}
	return path.Base(dir)
}

// hidden tells files that operating systems leave behind: dot files and macOS resource forks.
func (f File) hidden() bool {
	for part := range strings.SplitSeq(f.Name, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." || part == "__MACOSX" {
			return true
		}
	}
	return false
}
