//go:build !js

package evidence

import (
	"hash"

	"github.com/quantscope/quantscope/quant/merkle"
)

// leaf is the digest of an item that comes in pieces.
type leaf struct{ hash.Hash }

func newLeaf() *leaf { return &leaf{merkle.NewLeaf()} }

func (l *leaf) digest() merkle.Hash { return merkle.Hash(l.Sum(nil)) }
