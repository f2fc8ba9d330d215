//go:build js

package main

import (
	"errors"
	"io"
	"sync"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
)

// readAhead is how much of a file is fetched at a time where little is asked for: each fetch is a call of
// the browser's.
const readAhead = 1 << 20

// blob is a file that the page has dropped, read from the disk when it is asked for.
type blob struct {
	file js.Value
	size int64
	at   int64 // of what is read next

	mu    sync.Mutex
	ahead []byte // what was fetched last
	from  int64  // where it begins
}

func newBlob(file js.Value) *blob {
	return &blob{file: file, size: int64(file.Get("size").Float())}
}

func (b *blob) Read(p []byte) (int, error) {
	n, err := b.ReadAt(p, b.at)
	b.at += int64(n)
	if n > 0 && err == io.EOF { // at the next call
		err = nil
	}
	return n, err
}

func (b *blob) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("a file is read before its beginning")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for n < len(p) && at < b.size {
		if at < b.from || at >= b.from+int64(len(b.ahead)) {
			want := p[n:]
			if len(want) >= readAhead {
				want = want[:min(int64(len(want)), b.size-at)]
				if err := slice(want, b.file, at); err != nil {
					return n, err
				}
				return n + len(want), ended(n+len(want), p)
			}
			b.from = at - at%readAhead // images of an archive are read in any order
			b.ahead = make([]byte, min(readAhead, b.size-b.from))
			if err := slice(b.ahead, b.file, b.from); err != nil {
				b.ahead = nil
				return n, err
			}
		}
		got := copy(p[n:], b.ahead[at-b.from:])
		n, at = n+got, at+int64(got)
	}
	return n, ended(n, p)
}

// ended is io.EOF where p was not filled.
func ended(n int, p []byte) error {
	if n < len(p) {
		return io.EOF
	}
	return nil
}

func (b *blob) Close() error { return nil }

// slice fills p from position at on. Meanwhile other goroutines go on: the browser asks another process for it.
func slice(p []byte, file js.Value, at int64) error {
	if at > 0 || float64(len(p)) != file.Get("size").Float() { // of a whole file no slice is made, which takes as long as to read it
		file = file.Call("slice", float64(at), float64(at)+float64(len(p)))
	}
	buffer, err := promise.Await(file.Call("arrayBuffer"))
	if err != nil { // a file that changed or went away since it was dropped
		return errors.New("it cannot be read any more; was it moved or changed? Drop it again")
	}
	if js.CopyBytesToGo(p, js.Global().Get("Uint8Array").New(buffer)) != len(p) {
		return errors.New("it is shorter than when it was dropped; drop it again")
	}
	return nil
}
