//go:build js

package browser

import (
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/site/store"
)

// The database, its one object store, and the key under which it is noted that the user agreed.
const (
	database = "quantscope"
	records  = "work"
	agreed   = "agreed"
)

// recall opens the database and reads all that is kept.
func (b *Browser) recall() store.Recalled {
	factory := js.Global().Get("indexedDB")
	if !factory.Truthy() {
		return store.Recalled{}
	}
	open := factory.Call("open", database, 1)
	create := js.FuncOf(func(js.Value, []js.Value) any {
		open.Get("result").Call("createObjectStore", records)
		return nil
	})
	defer create.Release()
	open.Set("onupgradeneeded", create)
	db, err := answered(open)
	if err != nil { // a private window, for example
		return store.Recalled{}
	}
	b.kept = db
	all := db.Call("transaction", records).Call("objectStore", records)
	names, values := all.Call("getAllKeys"), all.Call("getAll")
	list, err := answered(values)
	if err != nil {
		return store.Recalled{}
	}
	var out store.Recalled
	for i := range list.Length() {
		key := names.Get("result").Index(i).String()
		if key == agreed {
			out.On = true
			continue
		}
		out.Records = append(out.Records, record(key, list.Index(i)))
	}
	return out
}

func record(key string, v js.Value) store.Record {
	r := store.Record{Key: key, Text: v.Get("text").String()}
	paths, blobs := v.Get("paths"), v.Get("blobs")
	for i := range blobs.Length() {
		r.Files = append(r.Files, file(blobs.Index(i), paths.Index(i).String()))
	}
	return r
}

// keep writes in one transaction: all of it, or nothing and the user is told.
func (b *Browser) keep(k store.KeepRecords) {
	if !b.kept.Truthy() {
		go b.Dispatch(store.Unkept{Why: "This browser does not let the page keep anything; in a private window no browser does."})
		return
	}
	t := b.kept.Call("transaction", records, "readwrite")
	to := t.Call("objectStore", records)
	var failed, done js.Func
	release := func() {
		failed.Release()
		done.Release()
	}
	failed = js.FuncOf(func(js.Value, []js.Value) any {
		why := "the browser has no room for it"
		if e := t.Get("error"); e.Truthy() && e.Get("name").String() != "QuotaExceededError" {
			why = promise.Message(e)
		}
		release()
		go b.Dispatch(store.Unkept{Why: "Your work could not be kept: " + why + "."})
		return nil
	})
	done = js.FuncOf(func(js.Value, []js.Value) any {
		release()
		return nil
	})
	t.Set("onabort", failed)
	t.Set("oncomplete", done)
	to.Call("put", true, agreed)
	for _, key := range k.Drop {
		to.Call("delete", key)
	}
	for _, r := range k.Put {
		object, array := js.Global().Get("Object"), js.Global().Get("Array")
		v, paths, blobs := object.New(), array.New(), array.New()
		for _, f := range r.Files {
			paths.Call("push", f.Path)
			blobs.Call("push", f.Handle)
		}
		v.Set("text", r.Text)
		v.Set("paths", paths)
		v.Set("blobs", blobs)
		to.Call("put", v, r.Key)
	}
}

func (b *Browser) forget() {
	if b.kept.Truthy() {
		b.kept.Call("transaction", records, "readwrite").Call("objectStore", records).Call("clear")
	}
}

// answered waits for a request of a database; not to be called from a JavaScript callback.
func answered(request js.Value) (js.Value, error) {
	done := make(chan error, 1)
	ok := js.FuncOf(func(js.Value, []js.Value) any { done <- nil; return nil })
	failed := js.FuncOf(func(js.Value, []js.Value) any { done <- errors.New(promise.Message(request.Get("error"))); return nil })
	defer ok.Release()
	defer failed.Release()
	request.Set("onsuccess", ok)
	request.Set("onerror", failed)
	if err := <-done; err != nil {
		return js.Value{}, err
	}
	return request.Get("result"), nil
}
