package sweep

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant/internal/input"
)

// Store is the folder of a sweep, or a bucket: every worker reads and writes there. Names in it are relative.
//
//	receipts/KEY.json   the receipts of rows
//	failed/KEY.txt      why a row has none, in a sentence
//	notes/KEY.json      what there is to say of a row that has one
//	checked/KEY.txt     what was found out about a preprocessing
//	work/KEY/…          what steps made, until the receipt is there
type Store struct {
	Folder string

	// Of a bucket; nil where Folder is one of the disk. Get gives fs.ErrNotExist for what is not there, Put puts whole or
	// not at all, Remove may remove nothing.
	Get    func(ctx context.Context, name string) ([]byte, error)
	Put    func(ctx context.Context, name string, b []byte) error
	Remove func(ctx context.Context, name string) error
}

// maxKept bounds what is read of a store.
const maxKept = 2 << 30

// get gives what is kept under a name, fs.ErrNotExist if nothing is.
func (s *Store) get(ctx context.Context, name string) ([]byte, error) {
	if s.Get != nil {
		return s.Get(ctx, s.Folder+"/"+name)
	}
	name = filepath.Join(s.Folder, filepath.FromSlash(name))
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	return input.Read(name, maxKept)
}

func (s *Store) put(ctx context.Context, name string, b []byte) error {
	if s.Put != nil {
		return s.Put(ctx, s.Folder+"/"+name, b)
	}
	return write(filepath.Join(s.Folder, filepath.FromSlash(name)), io.Reader(bytes.NewReader(b)))
}

// at is where a name is, for people.
func (s *Store) at(name string) string {
	if s.Get != nil {
		return s.Folder + "/" + name
	}
	return filepath.Join(s.Folder, filepath.FromSlash(name))
}

// remove does its best: what stays takes room and harms nothing.
func (s *Store) remove(ctx context.Context, name string) {
	if s.Remove != nil {
		_ = s.Remove(ctx, s.Folder+"/"+name)
		return
	}
	_ = os.Remove(filepath.Join(s.Folder, filepath.FromSlash(name)))
}

func receiptName(key string) string { return "receipts/" + key + ".json" }
func failedName(key string) string  { return "failed/" + key + ".txt" }
func notesName(key string) string   { return "notes/" + key + ".json" }
func checkedName(key string) string { return "checked/" + key + ".txt" }
