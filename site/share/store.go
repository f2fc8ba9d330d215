// Package share is the share service: it keeps receipts under their digests and gives them back to
// anyone who has the link. The handler and its two interfaces are all that a platform needs; the
// native server brings an embedded database, the Cloudflare Worker a Durable Object.
//
//	POST   /api/receipts       body: a receipt                    201, or 200 if it was there: Created
//	GET    /api/receipts/{id}  id: the receipt's digest           200: the receipt in canonical form
//	DELETE /api/receipts/{id}  Authorization: Bearer {key}        204: the receipt is gone
//
// A receipt is kept until it is deleted with the key that its 201 held. Caches may give it for an hour
// longer. Each client stores at most PerMinute receipts a minute, and a store takes receipts up to its
// ceiling.
//
// Every failure is {"error": "one sentence"} with status 400, 401, 403, 404, 405, 413, 422, 429 (with
// Retry-After), 500 or 507 (the store is full).
package share

import (
	"context"
	"errors"
	"time"
)

// What a store refuses; possibly wrapped.
var (
	ErrNotFound = errors.New("not found")                         // there is no such id
	ErrFull     = errors.New("the store has reached its ceiling") // Put
	ErrKey      = errors.New("the key is not the document's own") // Delete
)

// Store keeps documents until they are deleted. Each of its methods is one step, which another call
// sees as a whole or not at all, and which is on disk when it returns.
type Store interface {
	// Put keeps doc under id, to be deleted with a key of which lock is the digest. Where the same doc
	// is there already it changes nothing, neither doc nor lock, and created is false.
	Put(ctx context.Context, id string, doc []byte, lock string) (created bool, err error)
	Get(ctx context.Context, id string) (doc []byte, err error)
	Delete(ctx context.Context, id, lock string) error
}

// Limiter counts what a client stores.
type Limiter interface {
	// Take counts one and returns 0, or returns how long client has to wait.
	Take(ctx context.Context, client string) (wait time.Duration, err error)
}
