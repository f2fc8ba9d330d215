package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"github.com/quantscope/quantscope/site/share"
)

const bucket = "receipts"

// boltStore keeps receipts in one file, which one process at a time may open.
type boltStore struct{ db *bbolt.DB }

func openStore(name string) (*boltStore, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w; another server may hold it: choose another file with -db", name, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte(bucket))
		return err
	})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the store %s: %w", name, err)
	}
	return &boltStore{db}, nil
}

func (s *boltStore) Close() error { return s.db.Close() }

func (s *boltStore) Put(_ context.Context, id string, doc []byte) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucket)).Put([]byte(id), doc)
	})
}

func (s *boltStore) Get(_ context.Context, id string) (doc []byte, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		v := tx.Bucket([]byte(bucket)).Get([]byte(id))
		if v == nil {
			return share.ErrNotFound
		}
		doc = bytes.Clone(v) // v lives only as long as the transaction
		return nil
	})
	return doc, err
}
