package protocol

import (
	"encoding/json"
	"syscall/js"
)

// Post sends m with its parts to a Worker, or from inside one to the page (js.Global()). ArrayBuffers
// in transfer are moved, not copied, and are empty for the sender afterwards.
func Post(to js.Value, m Message, parts []js.Value, transfer bool) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	list := js.Global().Get("Array").New()
	for _, p := range parts {
		list.Call("push", p)
	}
	envelope := js.Global().Get("Object").New()
	envelope.Set("message", string(raw))
	envelope.Set("parts", list)
	if transfer {
		to.Call("postMessage", envelope, list)
	} else {
		to.Call("postMessage", envelope)
	}
	return nil
}

// Received reads the data of a message event.
func Received(data js.Value) (Message, []js.Value, error) {
	var m Message
	if err := json.Unmarshal([]byte(data.Get("message").String()), &m); err != nil {
		return Message{}, nil, err
	}
	list := data.Get("parts")
	parts := make([]js.Value, list.Length())
	for i := range parts {
		parts[i] = list.Index(i)
	}
	return m, parts, nil
}
