// Package merkle is the hash tree of RFC 6962, section 2.1: one digest stands for a list.
package merkle

import (
	"crypto/sha256"
	"hash"
)

// Hash is the digest of a list, of a part of it, or of an item.
type Hash = [sha256.Size]byte

// Leaf is the digest of an item.
func Leaf(item []byte) Hash {
	h := NewLeaf()
	h.Write(item)
	return Hash(h.Sum(nil))
}

// NewLeaf begins the digest of an item that comes in pieces.
func NewLeaf() hash.Hash {
	h := sha256.New()
	h.Write([]byte{0})
	return h
}

// Root is the digest of a list of leaves.
func Root(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return node(Root(leaves[:k]), Root(leaves[k:]))
}

// split is the greatest power of two less than n.
func split(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}

func node(left, right Hash) Hash {
	b := append([]byte{1}, left[:]...)
	return sha256.Sum256(append(b, right[:]...))
}
