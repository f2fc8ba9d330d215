//go:build js && wasm

package main

import (
	"context"
	"fmt"
	"syscall/js"
	"time"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/site/share"
)

// objectStore keeps receipts in a Durable Object, receipts.mjs, that all the world asks.
type objectStore struct {
	namespace js.Value
	ceiling   int // bytes that all receipts together may have
}

// call calls a method of the object. Stubs belong to a request, so each call gets its own.
func (s objectStore) call(method string, args ...any) (js.Value, error) {
	stub := s.namespace.Call("get", s.namespace.Call("idFromName", "receipts"))
	return promise.Await(stub.Call(method, args...))
}

func (s objectStore) Put(_ context.Context, id string, doc []byte, lock string) (bool, error) {
	outcome, err := s.call("put", id, string(doc), len(doc), lock, s.ceiling)
	if err != nil {
		return false, err
	}
	if outcome.String() == "full" {
		return false, share.ErrFull
	}
	return outcome.String() == "created", nil
}

func (s objectStore) Get(_ context.Context, id string) ([]byte, error) {
	doc, err := s.call("get", id)
	if err != nil {
		return nil, err
	}
	if doc.IsNull() {
		return nil, share.ErrNotFound
	}
	return []byte(doc.String()), nil
}

func (s objectStore) Delete(_ context.Context, id, lock string) error {
	outcome, err := s.call("remove", id, lock)
	if err != nil {
		return err
	}
	switch outcome.String() {
	case "unknown":
		return share.ErrNotFound
	case "locked":
		return share.ErrKey
	}
	return nil
}

// platformLimiter is Cloudflare's counter, set in wrangler.jsonc to what share promises.
type platformLimiter struct{ binding js.Value }

func (l platformLimiter) Take(_ context.Context, client string) (time.Duration, error) {
	outcome, err := promise.Await(l.binding.Call("limit", map[string]any{"key": client}))
	if err != nil || outcome.Get("success").Bool() {
		return 0, err
	}
	return time.Minute, nil
}

// bound is a binding of wrangler.jsonc.
func bound(name string) (js.Value, error) {
	v := js.Global().Get("context").Get("env").Get(name)
	if v.IsUndefined() {
		return v, fmt.Errorf("wrangler.jsonc binds no %s", name)
	}
	return v, nil
}
