package main

import (
	"context"
	"io"
	"io/fs"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3" // gs:// comes with Beam's runners
	"github.com/quantscope/quantscope/quant/sweep"
)

// settings are what a step needs besides its row; they go to every worker.
type settings struct {
	Out     string // folder or bucket
	Cache   string // folder of each machine
	Workers int    // steps at a time on each machine
}

// worker does steps with these settings.
func (s settings) worker() *sweep.Worker {
	w := &sweep.Worker{Opener: &sweep.Opener{Remote: sweep.Remote{Folder: s.Cache, Open: openRemote}}, Store: &sweep.Store{Folder: s.Out}}
	if strings.Contains(s.Out, "://") {
		w.Store.Get, w.Store.Put, w.Store.Remove = get, put, remove
	}
	return w
}

// openRemote opens what lies in a bucket.
func openRemote(ctx context.Context, link string) (io.ReadCloser, error) {
	bucket, err := filesystem.New(ctx, link)
	if err != nil {
		return nil, err
	}
	r, err := bucket.OpenRead(ctx, link)
	if err != nil {
		bucket.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{r, both{r, bucket}}, nil
}

type both struct{ first, second io.Closer }

func (b both) Close() error {
	err := b.first.Close()
	if other := b.second.Close(); err == nil {
		err = other
	}
	return err
}

func get(ctx context.Context, name string) ([]byte, error) {
	bucket, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	defer bucket.Close()
	if there, err := bucket.List(ctx, name); err != nil {
		return nil, err
	} else if len(there) == 0 {
		return nil, fs.ErrNotExist
	}
	return filesystem.Read(ctx, bucket, name)
}

func put(ctx context.Context, name string, b []byte) error {
	bucket, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer bucket.Close()
	return filesystem.Write(ctx, bucket, name, b)
}

func remove(ctx context.Context, name string) error {
	bucket, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer bucket.Close()
	if r, ok := bucket.(filesystem.Remover); ok {
		return r.Remove(ctx, name)
	}
	return nil
}
