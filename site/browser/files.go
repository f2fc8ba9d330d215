//go:build js

package browser

import (
	"cmp"
	"slices"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/site/store"
)

// Picked are the files of a file input, with their folders if it asked for one. The input is emptied,
// so that picking the same file again is noticed.
func Picked(input js.Value) []store.File {
	list := input.Get("files")
	files := make([]store.File, list.Length())
	for i := range files {
		f := list.Index(i)
		path := f.Get("name").String()
		if p := f.Get("webkitRelativePath"); p.Truthy() {
			path = p.String()
		}
		files[i] = file(f, path)
	}
	input.Set("value", "")
	return inOrder(files)
}

// ListenDrops makes the whole page a drop zone. While something is dragged over it, the root element
// carries data-dragging, which the style sheet shows.
func ListenDrops(dispatch func(store.Action)) {
	document := js.Global().Get("document")
	root := document.Get("documentElement").Get("dataset")
	depth := 0
	leave := func() {
		depth = 0
		root.Delete("dragging")
	}
	listen := func(event string, do func(e js.Value)) {
		document.Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
			args[0].Call("preventDefault")
			do(args[0])
			return nil
		}))
	}
	listen("dragenter", func(js.Value) {
		depth++
		root.Set("dragging", "true")
	})
	listen("dragover", func(js.Value) {})
	listen("dragleave", func(js.Value) {
		if depth--; depth <= 0 {
			leave()
		}
	})
	listen("drop", func(e js.Value) {
		leave()
		entries := dropped(e.Get("dataTransfer"))
		go func() {
			var files []store.File
			for _, d := range entries {
				files = d.walk(files)
			}
			dispatch(store.Dropped{Files: inOrder(files)})
		}()
	})
}

// drop is one dropped thing: a file, or an entry that may be a folder.
type drop struct{ entry, file js.Value }

// dropped takes what a drop holds; that must be done before the event's handler returns.
func dropped(transfer js.Value) []drop {
	var out []drop
	items := transfer.Get("items")
	for i := range items.Length() {
		item := items.Index(i)
		if item.Get("kind").String() != "file" {
			continue
		}
		var d drop
		if item.Get("webkitGetAsEntry").Truthy() {
			d.entry = item.Call("webkitGetAsEntry")
		}
		d.file = item.Call("getAsFile")
		out = append(out, d)
	}
	return out
}

// walk appends the files of a drop, folders depth first.
func (d drop) walk(files []store.File) []store.File {
	if !d.entry.Truthy() {
		if d.file.Truthy() {
			files = append(files, file(d.file, d.file.Get("name").String()))
		}
		return files
	}
	return walk(d.entry, files)
}

// maxFiles bounds a walk: a user who drops a whole disk is told so by the core, which counts them.
const maxFiles = 200_000

func walk(entry js.Value, files []store.File) []store.File {
	if len(files) >= maxFiles {
		return files
	}
	path := entry.Get("fullPath").String()
	if len(path) > 0 && path[0] == '/' {
		path = path[1:]
	}
	if entry.Get("isFile").Bool() {
		f, err := promise.Await(promised(entry, "file"))
		if err != nil {
			return files
		}
		return append(files, file(f, path))
	}
	// A folder is read in portions of about 100 until an empty one.
	reader := entry.Call("createReader")
	for {
		portion, err := promise.Await(promised(reader, "readEntries"))
		if err != nil || portion.Length() == 0 {
			return files
		}
		for i := range portion.Length() {
			files = walk(portion.Index(i), files)
		}
	}
}

// promised turns a method that takes two callbacks into a promise.
func promised(object js.Value, method string) js.Value {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		object.Call(method, args[0], args[1])
		return nil
	})
	defer executor.Release()
	return js.Global().Get("Promise").New(executor)
}

func file(f js.Value, path string) store.File {
	return store.File{Path: path, Size: int64(f.Get("size").Float()), Handle: f}
}

// inOrder sorts by path: the order in which a browser lists a folder is not the same everywhere.
func inOrder(files []store.File) []store.File {
	slices.SortStableFunc(files, func(a, b store.File) int { return cmp.Compare(a.Path, b.Path) })
	return files
}
