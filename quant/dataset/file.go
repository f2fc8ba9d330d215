package dataset

import (
	"path"
	"strings"
)

// File is a file as a page or a command hands it over. Read is called each time the bytes are
// needed and may be called again; it must give the same bytes each time.
type File struct {
	Name string // path with forward slashes, folders included: they may hold the labels
	Size int64
	Read func() ([]byte, error)
}

// InMemory is a File of bytes already there.
func InMemory(name string, b []byte) File {
	return File{Name: name, Size: int64(len(b)), Read: func() ([]byte, error) { return b, nil }}
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
