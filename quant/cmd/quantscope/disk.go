package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/recipe"
)

// disk puts files in place whole. Each is first written beside its place, under another name, and brought
// to the disk; when all are there, they take their names. A run that is cut off before that, for whatever
// reason, leaves what was there.
type disk struct {
	mu     sync.Mutex // held while files take their names
	parts  []string   // files beside their places
	placed bool
	read   map[string]bool // places that the run reads from
	keeps  atomic.Bool     // a run that is interrupted has something to write yet
}

// writeRecipe writes a recipe as --recipe takes it.
func (d *disk) writeRecipe(name string, r recipe.Recipe) error {
	b, err := r.Canonical()
	if err != nil {
		return err
	}
	return d.write(export.File{Name: name, Bytes: append(b, '\n')})
}

// check tells, before a long run, that a file cannot be written where it is to go: outputs are files, each
// in a folder that may be written to, each by itself, and none of them read by the run. An output of ""
// is not wanted.
func (d *disk) check(inputs []string, outputs ...string) error {
	d.read = map[string]bool{}
	for _, path := range inputs {
		if path != "" {
			d.read[placeOf(path)] = true
		}
	}
	written := map[string]string{} // by place
	for _, path := range outputs {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			return fmt.Errorf("%s cannot be written: it is a folder; name a file in it", path)
		case err == nil && info.Mode()&fs.ModeNamedPipe != 0: // opening one waits for its reader
			continue
		case err == nil && !info.Mode().IsRegular(): // a terminal, a device
			if err := takes(path); err != nil {
				return fmt.Errorf("%s cannot be written: %w", path, reason(err))
			}
			continue
		case err == nil && errors.Is(takes(path), fs.ErrPermission): // a name could be taken from it all the same
			return fmt.Errorf("%s cannot be written: it is write-protected; change its permissions, or name another file", path)
		case errors.Is(err, syscall.ENOTDIR):
			return fmt.Errorf("%s cannot be written: %s is a file, not a folder; name another place", path, filepath.Dir(path))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s cannot be written: %w", path, input.Told(err))
		}
		if err := d.free(path, written); err != nil {
			return err
		}
		part, err := d.begin(path)
		if err != nil {
			return err
		}
		part.Close()
		if _, err := d.abandon(); err != nil {
			return fmt.Errorf("%s cannot be written: %w", path, input.Told(err))
		}
	}
	return nil
}

// takes tells that a file or device can be written to: it is asked to take nothing.
func takes(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(nil)
	return errors.Join(err, f.Close())
}

// free tells that path is neither read nor written by the run already, and adds it to what is written.
func (d *disk) free(path string, written map[string]string) error {
	place := placeOf(path)
	if _, twice := written[place]; twice {
		return fmt.Errorf("%s is named for two files that are to be written: give each a name of its own", path)
	}
	if d.read[place] || d.inside(place) {
		return fmt.Errorf("%s cannot be written: it is read by this run; name another file", path)
	}
	written[place] = path
	return nil
}

// inside tells that a file of data lies at place, in a folder that the run reads.
func (d *disk) inside(place string) bool {
	if _, err := os.Stat(place); err != nil || !dataset.IsData(place) {
		return false
	}
	for dir := range d.read {
		if in, err := filepath.Rel(dir, place); err == nil && filepath.IsLocal(in) {
			return true
		}
	}
	return false
}

// placeOf is where a path leads: behind links, also those to files not yet there, so that two paths to one
// file are one place.
func placeOf(path string) string {
	for range 40 { // the depth of links that systems follow
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// write puts all the files in place, or none.
func (d *disk) write(files ...export.File) error {
	parts := make([]string, len(files))
	written := map[string]string{}
	for i, f := range files {
		if device(f.Name) {
			continue // written below
		}
		err := d.free(f.Name, written)
		if err == nil {
			parts[i], err = d.stage(f)
		}
		if err != nil {
			_, left := d.abandon()
			return errors.Join(err, left)
		}
	}
	for i, f := range files {
		if parts[i] != "" {
			continue
		}
		if err := os.WriteFile(f.Name, f.Bytes, 0); err != nil { // which may wait for a reader for ever: nothing is held meanwhile
			_, left := d.abandon()
			return errors.Join(fmt.Errorf("%s cannot be written: %w", f.Name, reason(err)), left)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.placed = d.placed || slices.Contains(parts, "")
	for i, f := range files {
		if parts[i] == "" {
			continue
		}
		err := os.Rename(parts[i], placeOf(f.Name))
		if err == nil {
			d.parts = without(d.parts, parts[i])
			settle(filepath.Dir(placeOf(f.Name)))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s cannot be written: %w", f.Name, reason(err)), d.clear())
		}
		d.placed = true
	}
	return nil
}

// device tells that path is a terminal, a pipe or a device, which is written as it is.
func device(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// stage writes a file beside its place.
func (d *disk) stage(f export.File) (part string, err error) {
	w, err := d.begin(f.Name)
	if err != nil {
		return "", err
	}
	_, err = w.Write(f.Bytes)
	if err == nil {
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "", fmt.Errorf("%s cannot be written: %w", f.Name, reason(err))
	}
	return w.Name(), nil
}

// begin makes an empty file beside the place of path, with the permissions of what is there.
func (d *disk) begin(path string) (*os.File, error) {
	place := placeOf(path)
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(place); err == nil {
		mode = info.Mode().Perm() | 0o200
	}
	dir := filepath.Dir(place)
	for {
		part := filepath.Join(dir, ".quantscope-"+strconv.FormatUint(rand.Uint64(), 36)+".part")
		f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case errors.Is(err, fs.ErrNotExist) && isFolder(dir): // as /proc answers
			return nil, fmt.Errorf("%s cannot be written: no file can be created in the folder %s; name another one", path, dir)
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s cannot be written: there is no folder %s", path, dir)
		case errors.Is(err, fs.ErrPermission):
			return nil, fmt.Errorf("%s cannot be written: no file may be created in the folder %s", path, dir)
		case err != nil:
			return nil, fmt.Errorf("%s cannot be written to %s: %w", path, dir, reason(err))
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.parts = append(d.parts, part)
		return f, nil
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// abandon takes away what is not yet in place, and tells whether anything is. It waits for files that are
// just taking their names.
func (d *disk) abandon() (placed bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.placed, d.clear()
}

func (d *disk) clear() error {
	var err error
	for _, part := range d.parts {
		err = errors.Join(err, os.Remove(part))
	}
	d.parts = nil
	return err
}

// settle brings the names in a folder to the disk. Where a system cannot be told to, it does so by itself.
func settle(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		f.Close()
	}
}

// reason is why the system refused, without the name of the part.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == s })
}
