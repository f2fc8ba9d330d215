// Package merkle is the hash tree of RFC 6962, section 2.1: one digest stands for a list, and a few
// digests prove that an item is in it.
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

// Path proves that leaf i is in the list: the digests beside the way from it to the root.
func Path(leaves []Hash, i int) []Hash {
	if len(leaves) == 1 {
		return nil
	}
	if k := split(len(leaves)); i < k {
		return append(Path(leaves[:k], i), Root(leaves[k:]))
	} else {
		return append(Path(leaves[k:], i-k), Root(leaves[:k]))
	}
}

// Proves tells whether path shows leaf to be item i of the n that root stands for.
func Proves(root, leaf Hash, path []Hash, i, n int) bool {
	if i < 0 || i >= n {
		return false
	}
	got, ok := climb(leaf, path, i, n)
	return ok && got == root
}

func climb(leaf Hash, path []Hash, i, n int) (Hash, bool) {
	if n == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return Hash{}, false
	}
	last := len(path) - 1
	if k := split(n); i < k {
		below, ok := climb(leaf, path[:last], i, k)
		return node(below, path[last]), ok
	} else {
		below, ok := climb(leaf, path[:last], i-k, n-k)
		return node(path[last], below), ok
	}
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
