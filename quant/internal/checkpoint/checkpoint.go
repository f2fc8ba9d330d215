// Package checkpoint seals what takes long, so that it can be left and taken up again, and says why a seal cannot be
// opened: a training's, or that of a rounding that is learned.
package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Err is of what cannot go on from the checkpoint that it was given.
var Err = errors.New("checkpoint")

// ErrAnother is of a checkpoint that belongs to something else.
var ErrAnother = fmt.Errorf("the %w belongs to another recipe, network, data or version of the engine: give what it was made with, or start without it", Err)

// Damaged is of bytes that are no checkpoint of what they should be: "training".
func Damaged(what string) error {
	return fmt.Errorf("the %w is damaged or no checkpoint of a %s: start without it", Err, what)
}

// Seal makes a checkpoint: the line of text that it begins with, the content, and the SHA-256 of both.
func Seal(head string, content []byte) []byte {
	b := append([]byte(head), content...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// Open gives the content, false where b is nothing that Seal made with this head.
func Open(head string, b []byte) (content []byte, ok bool) {
	if len(b) < len(head)+sha256.Size || !bytes.HasPrefix(b, []byte(head)) {
		return nil, false
	}
	whole, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(whole); !bytes.Equal(got[:], sum) {
		return nil, false
	}
	return whole[len(head):], true
}
