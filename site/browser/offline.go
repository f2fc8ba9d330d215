//go:build js

package browser

import (
	"encoding/json"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/site/store"
)

// offline lets boot.js do what is asked. Where the browser refuses, the site is as it was.
func offline(e store.Offline) store.OfflineIs {
	var s store.OfflineState
	read := func(do string) error {
		text, err := promise.Await(js.Global().Get("offline").Call(do))
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text.String()), &s)
	}
	if err := read(e.Do); err != nil {
		_ = read(store.OfflineAsk) // without an answer it is not kept
		if e.Do != store.OfflineAsk {
			s.Problem = err.Error()
		}
	}
	return store.OfflineIs{State: s}
}
