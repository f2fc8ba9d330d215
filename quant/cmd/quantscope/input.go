package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/quantscope/quantscope/quant/room"
)

// maxText bounds recipes and other texts.
const maxText = 1 << 20

// readFile gives a file's bytes, if there are at most most and memory for them.
func readFile(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = readable(info)
	}
	if err != nil {
		return nil, toldOf(path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, told(err)
	}
	defer f.Close()
	b, err := room.Read(f, info.Size(), most)
	return b, toldOf(path, err)
}

// readable refuses what is no file: a device need not end, and opening a pipe waits for somebody to write.
func readable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a folder; name a file in it")
	case !info.Mode().IsRegular():
		return errors.New("it is a device or a pipe, not a file: save what it gives to a file and name that")
	}
	return nil
}

// toldOf is an error about a file, with its name once.
func toldOf(path string, err error) error {
	var p *fs.PathError
	if err == nil || errors.As(err, &p) {
		return told(err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// told is an error of the file system without the name of the call that met it.
func told(err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", p.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read or written", p.Path)
	}
	return fmt.Errorf("%s: %w", p.Path, p.Err)
}
