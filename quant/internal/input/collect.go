package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant/dataset"
)

// Collect gives a file, or every file below a folder under its path from the folder's own name on, as
// a browser hands over a folder.
func Collect(path string) ([]dataset.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, Told(err)
	}
	if !info.IsDir() {
		if err := Readable(info); err != nil {
			return nil, ToldOf(path, err)
		}
		return []dataset.File{fileAt(path, filepath.Base(path), info)}, nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	var files []dataset.File
	err = filepath.WalkDir(whole, func(at string, entry fs.DirEntry, err error) error {
		if at == whole && err != nil {
			return err
		}
		rel, relErr := filepath.Rel(filepath.Dir(whole), at)
		if relErr != nil {
			return relErr
		}
		name := filepath.ToSlash(rel)
		switch {
		case err != nil: // a folder that may not be listed
			files = append(files, unreadable(name+"/", err))
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		info, err := os.Stat(at) // follows a link to a file
		switch {
		case err != nil:
			files = append(files, unreadable(name, err))
		case info.Mode().IsRegular():
			files = append(files, fileAt(at, name, info))
		case info.IsDir():
			files = append(files, unreadable(name+"/", errors.New("it is a link to a folder, which is not followed: name that folder too")))
		default:
			files = append(files, unreadable(name, Readable(info)))
		}
		return nil
	})
	return files, Told(err)
}

// unreadable is a file of a folder that cannot be read: its turn may never come.
func unreadable(name string, err error) dataset.File {
	return dataset.File{Name: name, Open: func() (io.ReadCloser, error) { return nil, Told(err) }}
}

func fileAt(path, name string, info fs.FileInfo) dataset.File {
	return dataset.File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		return f, Told(err)
	}}
}
