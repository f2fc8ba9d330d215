package sweep

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/input"
)

// fetchers is how many files of a manifest are fetched at a time: the way there takes longer than the bytes.
const fetchers = 16

// Remote fetches what links lead to, once for each machine.
type Remote struct {
	Folder string                                                        // where it is kept
	Open   func(ctx context.Context, link string) (io.ReadCloser, error) // links besides http:// and https://; nil: there are none
}

// fetch gives the file in which what is behind a link is kept. A link is taken to lead to the same bytes for ever; a row
// whose data have changed gets another receipt than its key says, and quantscope verify tells which.
func (r Remote) fetch(ctx context.Context, link string) (string, error) {
	sum := sha256.Sum256([]byte(link))
	kept := filepath.Join(r.Folder, hex.EncodeToString(sum[:]))
	if _, err := os.Stat(kept); err == nil {
		return kept, nil
	}
	body, err := r.open(ctx, link)
	if err != nil {
		return "", fmt.Errorf("%s cannot be fetched: %w", link, err)
	}
	defer body.Close()
	if err := write(kept, body); err != nil {
		return "", fmt.Errorf("%s did not arrive whole: %w", link, err)
	}
	return kept, nil
}

func (r Remote) open(ctx context.Context, link string) (io.ReadCloser, error) {
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
		if r.Open == nil {
			return nil, errors.New("only links that begin with http:// or https:// are followed here")
		}
		return r.Open(ctx, link)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, errors.Unwrap(err) // without the link, which is said already
	}
	if a.StatusCode != http.StatusOK {
		a.Body.Close()
		return nil, fmt.Errorf("the server says %s", a.Status)
	}
	return a.Body, nil
}

// file is a link as a file of a dataset.
func (r Remote) file(ctx context.Context, link, name string) (dataset.File, error) {
	kept, err := r.fetch(ctx, link)
	if err != nil {
		return dataset.File{}, err
	}
	info, err := os.Stat(kept)
	if err != nil {
		return dataset.File{}, input.Told(err)
	}
	return dataset.File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(kept) }}, nil
}

// openManifest reads a list of images and other files that lie elsewhere. A line is a link or a path, as seen from the
// manifest's folder, and behind a tab the name that the file has in the dataset, folders included, if not its own with
// that of its folder. Empty lines and lines that begin with # say nothing.
func (o *Opener) openManifest(ctx context.Context, at string) ([]dataset.File, error) {
	doc, err := o.read(ctx, at, maxLinks)
	if err != nil {
		return nil, err
	}
	type entry struct{ at, name string }
	var entries []entry
	lines := bufio.NewScanner(bytes.NewReader(doc))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		to, name, named := strings.Cut(line, "\t")
		if !named {
			name = path.Join(path.Base(path.Dir(filepath.ToSlash(to))), path.Base(filepath.ToSlash(to)))
		}
		if !remote(to) {
			if remote(at) {
				to = at[:strings.LastIndexByte(at, '/')+1] + to
			} else {
				to = from(filepath.Dir(at), to)
			}
		}
		if entries = append(entries, entry{to, strings.TrimSpace(name)}); len(entries) > maxEntries {
			return nil, fmt.Errorf("%s: it has more than %d lines", at, maxEntries)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	files, failures := make([]dataset.File, len(entries)), make([]error, len(entries))
	var wait sync.WaitGroup
	free := make(chan struct{}, fetchers)
	for i, e := range entries {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			if remote(e.at) {
				files[i], failures[i] = o.Remote.file(ctx, e.at, e.name)
				return
			}
			list, err := input.Collect(e.at)
			if err == nil && len(list) != 1 {
				err = errors.New("it is a folder; a manifest lists files")
			}
			if failures[i] = err; err == nil {
				files[i] = list[0]
				files[i].Name = e.name
			}
		})
	}
	wait.Wait()
	for i, err := range failures {
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", at, entries[i].at, err)
		}
	}
	return files, nil
}

// write puts what r gives in a file, whole or not at all.
func write(name string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return input.Told(err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".part-")
	if err != nil {
		return input.Told(err)
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil { // other workers may be other users
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return input.Told(err)
}
