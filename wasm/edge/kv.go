//go:build js && wasm

package main

import (
	"context"

	"github.com/syumai/workers/cloudflare/kv"

	"github.com/quantscope/quantscope/site/share"
)

// kvStore keeps receipts in Workers KV. A new receipt is seen at once where it was stored and within
// about a minute everywhere else; it never changes, so a location that sees it sees it whole.
type kvStore struct{ namespace *kv.Namespace }

func newStore(binding string) (*kvStore, error) {
	ns, err := kv.NewNamespace(binding)
	if err != nil {
		return nil, err
	}
	return &kvStore{ns}, nil
}

func (s *kvStore) Put(_ context.Context, id string, doc []byte) error {
	return s.namespace.PutString(id, string(doc), nil)
}

func (s *kvStore) Get(_ context.Context, id string) ([]byte, error) {
	text, err := s.namespace.GetString(id, nil)
	if err != nil {
		return nil, err
	}
	// A missing key is JavaScript's null, which GetString gives as this text. No receipt is "<null>".
	if text == "<null>" {
		return nil, share.ErrNotFound
	}
	return []byte(text), nil
}
