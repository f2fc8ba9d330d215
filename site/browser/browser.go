//go:build js

// Package browser is what the page asks of the browser: the core in its worker, files and folders,
// downloads, the clipboard, the address, and the few requests to the page's own origin. It fulfils
// the store's effects and answers with actions.
package browser

import (
	"syscall/js"

	"github.com/quantscope/quantscope/site/store"
)

// Browser fulfils effects. Dispatch and Fragment must be set before the first one.
type Browser struct {
	Dispatch func(store.Action)
	Fragment func() string // what the address shows behind the #
	core     *core
	kept     js.Value // the database of what is kept, once it is open
}

// New starts the core's worker.
func New() *Browser {
	b := &Browser{Dispatch: func(store.Action) {}}
	b.core = newCore(func(a store.Action) { b.Dispatch(a) })
	return b
}

// Perform fulfils an effect; the answer comes later, as an action.
func (b *Browser) Perform(e store.Effect) {
	switch e := e.(type) {
	case store.Post:
		b.core.post(e)
	case store.Restart:
		b.core.restart(e)
	case store.ShowPlace:
		b.showPlace(e.Place)
	case store.Reveal:
		reveal(e.ID)
	case store.Recall:
		go func() { b.Dispatch(b.recall()) }()
	case store.KeepRecords:
		b.keep(e)
	case store.ForgetAll:
		b.forget()
	case store.Revoke:
		revoke(e.URLs)
	case store.OpenLink:
		js.Global().Get("location").Call("assign", pathOf(e))
	case store.Save:
		save(e)
	case store.SavePicture:
		if svg := picture(e.Selector); svg != "" {
			save(store.Save{Name: e.Name, Type: "image/svg+xml", Text: svg})
		}
	case store.SaveReport:
		saveReport(e)
	case store.CopyText:
		go func() { b.Dispatch(store.Copied{OK: copyText(e.Text) == nil}) }()
	case store.FetchSample:
		go func() { b.Dispatch(fetchSample(e)) }()
	case store.Fetch:
		go func() { b.Dispatch(fetchElsewhere(e)) }()
	case store.Offline:
		go func() { b.Dispatch(offline(e)) }()
	case store.Sniff:
		go func() { b.Dispatch(readText(e.File)) }()
	case store.PostReceipt:
		go func() { b.Dispatch(postReceipt(e.Receipt)) }()
	case store.DeleteReceipt:
		go func() { b.Dispatch(deleteReceipt(e)) }()
	case store.NameSample:
		go func() { b.Dispatch(store.SampleNamed{SHA256: sampleDigest()}) }()
	case store.FindEngine:
		go func() { b.Dispatch(findEngine(e)) }()
	case store.GetReceipt:
		go func() { b.Dispatch(getReceipt(e.ID)) }()
	}
}

// now is the page's clock in milliseconds.
func now() float64 { return js.Global().Get("performance").Call("now").Float() }
