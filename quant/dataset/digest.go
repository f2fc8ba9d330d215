package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/quantscope/quantscope/quant/merkle"
)

// digestVersion heads what is hashed, so that another canonical form cannot give the same digest.
const digestVersion = "quantscope dataset 1\n"

// Digest identifies the items at indices, in this order, with their labels. It is the SHA-256 of
//
//	digestVersion, count u64, per item: SHA-256 of its bytes, label i64 (-1 if unknown)
//
// little-endian. Names do not count, nor do settings: those are in the recipe.
func (d *Dataset) Digest(indices []int) ([sha256.Size]byte, error) {
	h := sha256.New()
	h.Write([]byte(digestVersion))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(indices))))
	for _, i := range indices {
		b, err := d.identity(i)
		if err != nil {
			return [sha256.Size]byte{}, err
		}
		h.Write(b)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// Leaves are the items at indices as leaves of a hash tree, which are told apart as Digest does.
func (d *Dataset) Leaves(indices []int) ([]merkle.Hash, error) {
	leaves := make([]merkle.Hash, len(indices))
	for k, i := range indices {
		b, err := d.identity(i)
		if err != nil {
			return nil, err
		}
		leaves[k] = merkle.Leaf(b)
	}
	return leaves, nil
}

// Sum is the SHA-256 of item i's bytes.
func (d *Dataset) Sum(i int) ([sha256.Size]byte, error) {
	if i < 0 || i >= d.Len() {
		return [sha256.Size]byte{}, fmt.Errorf("no item %d in a dataset of %d", i, d.Len())
	}
	sum, err := d.items.sum(i)
	if err != nil {
		return sum, fmt.Errorf("%s: %w", d.Name(i), err)
	}
	return sum, nil
}

// identity is what is digested of item i.
func (d *Dataset) identity(i int) ([]byte, error) {
	item, err := d.Sum(i)
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint64(item[:], uint64(int64(d.Label(i)))), nil
}
