package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
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
		if i < 0 || i >= d.Len() {
			return [sha256.Size]byte{}, fmt.Errorf("no item %d in a dataset of %d", i, d.Len())
		}
		item, err := d.items.sum(i)
		if err != nil {
			return [sha256.Size]byte{}, fmt.Errorf("%s: %w", d.Name(i), err)
		}
		h.Write(item[:])
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(int64(d.Label(i)))))
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
