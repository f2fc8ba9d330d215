// Package share is the share service: it keeps receipts under their digests and gives them back to
// anyone who has the link. The handler and the Store interface are all that a platform needs; the
// native server brings an embedded database, the Cloudflare Worker a KV namespace.
//
//	POST /api/receipts       body: a receipt        201, or 200 if it was there: {"id", "url"}
//	GET  /api/receipts/{id}  id: the receipt's digest    200: the receipt in canonical form
//
// Every failure is {"error": "one sentence"} with status 400, 403, 404, 405, 413, 422 or 500.
package share

import (
	"context"
	"errors"
)

// ErrNotFound is what Get returns, possibly wrapped, for an id that was never put.
var ErrNotFound = errors.New("not found")

// Store keeps documents for ever. An id is always put with the same bytes, so putting twice is harmless.
type Store interface {
	Put(ctx context.Context, id string, doc []byte) error
	Get(ctx context.Context, id string) ([]byte, error)
}
