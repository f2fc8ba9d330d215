// Package promise waits for promises of JavaScript.
package promise

import (
	"errors"
	"syscall/js"
)

// Await waits until a promise is kept, and gives its value, or broken. It is not to be called from a JavaScript callback,
// only from a goroutine: others go on meanwhile.
func Await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	kept := js.FuncOf(func(_ js.Value, args []js.Value) any {
		var v js.Value
		if len(args) > 0 {
			v = args[0]
		}
		done <- outcome{value: v}
		return nil
	})
	broken := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: errors.New(Message(args[0]))}
		return nil
	})
	defer kept.Release()
	defer broken.Release()
	promise.Call("then", kept, broken)
	o := <-done
	return o.value, o.err
}

// Message is the text of what was thrown.
func Message(thrown js.Value) string {
	if thrown.Type() == js.TypeObject && thrown.Get("message").Truthy() {
		return thrown.Get("message").String()
	}
	return js.Global().Get("String").Invoke(thrown).String()
}
