package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/quantscope/quantscope/site/share"
)

// Buckets: the receipts by id, and the digests of the keys that delete them, by id too.
var (
	docs  = []byte("receipts")
	locks = []byte("locks")
)

// boltStore keeps receipts in one file, which one process at a time may open. A call that has returned
// is on disk.
type boltStore struct {
	db      *bbolt.DB
	ceiling int // bytes that all receipts together may have

	mu   sync.Mutex // one change at a time
	used int        // bytes that they have
}

// openStore opens or makes the store in a file. It takes receipts until they have ceiling bytes.
func openStore(name string, ceiling int) (*boltStore, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w; another server may hold it: choose another file", name, err)
	}
	s := &boltStore{db: db, ceiling: ceiling}
	err = db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(locks); err != nil {
			return err
		}
		b, err := tx.CreateBucketIfNotExists(docs)
		if err != nil {
			return err
		}
		return b.ForEach(func(_, doc []byte) error {
			s.used += len(doc)
			return nil
		})
	})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the store %s: %w", name, err)
	}
	return s, nil
}

func (s *boltStore) Close() error { return s.db.Close() }

// errSame ends a transaction that has nothing to write.
var errSame = errors.New("nothing to change")

func (s *boltStore) Put(_ context.Context, id string, doc []byte, lock string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var used int
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(docs)
		before := b.Get([]byte(id))
		if bytes.Equal(before, doc) {
			return errSame
		}
		if used = s.used - len(before) + len(doc); used > s.ceiling {
			return share.ErrFull
		}
		if err := b.Put([]byte(id), doc); err != nil {
			return err
		}
		return tx.Bucket(locks).Put([]byte(id), []byte(lock))
	})
	switch {
	case errors.Is(err, errSame):
		return false, nil
	case err != nil:
		return false, err
	}
	s.used = used
	return true, nil
}

func (s *boltStore) Get(_ context.Context, id string) (doc []byte, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		v := tx.Bucket(docs).Get([]byte(id))
		if v == nil {
			return share.ErrNotFound
		}
		doc = bytes.Clone(v) // v lives only as long as the transaction
		return nil
	})
	return doc, err
}

func (s *boltStore) Delete(_ context.Context, id, lock string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var freed int
	err := s.db.Update(func(tx *bbolt.Tx) error {
		doc := tx.Bucket(docs).Get([]byte(id))
		if doc == nil {
			return share.ErrNotFound
		}
		// A receipt of an older store has no lock: no key deletes it.
		if string(tx.Bucket(locks).Get([]byte(id))) != lock {
			return share.ErrKey
		}
		freed = len(doc)
		if err := tx.Bucket(docs).Delete([]byte(id)); err != nil {
			return err
		}
		return tx.Bucket(locks).Delete([]byte(id))
	})
	if err == nil {
		s.used -= freed
	}
	return err
}
