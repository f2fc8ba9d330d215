// Package input reads what a command line names: files and folders of the disk, with errors that say in a sentence
// which of them cannot be read and why.
package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/quantscope/quantscope/quant/room"
)

// MaxText bounds recipes and other texts.
const MaxText = 1 << 20

// Read gives a file's bytes, if there are at most most and memory for them.
func Read(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = Readable(info)
	}
	if err != nil {
		return nil, ToldOf(path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, Told(err)
	}
	defer f.Close()
	b, err := room.Read(f, info.Size(), most)
	return b, ToldOf(path, err)
}

// Readable refuses what is no file: a device need not end, and opening a pipe waits for somebody to write.
func Readable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a folder; name a file in it")
	case !info.Mode().IsRegular():
		return errors.New("it is a device or a pipe, not a file: save what it gives to a file and name that")
	}
	return nil
}

// ToldOf is an error about a file, with its name once.
func ToldOf(path string, err error) error {
	var p *fs.PathError
	if err == nil || errors.As(err, &p) {
		return Told(err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Told is an error of the file system without the name of the call that met it.
func Told(err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s: check its name and its folder", p.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read or written: change its permissions, or take another place", p.Path)
	}
	return fmt.Errorf("%s cannot be used: %w; name another file", p.Path, p.Err)
}
