//go:build js

package main

import (
	"encoding/json"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/recipe"
)

// worthwhile is from how many bytes on an image is decoded by another worker: a few hundred pixels are decoded sooner here.
const worthwhile = 16 << 10

// decode is a dataset's Decoder that has photographs decoded by the workers of the pool, several at a time, while this
// thread, which all of Go in the core shares, goes on. Each runs the core's program for it (decoding).
func (s *session) decode(b []byte, p recipe.Preprocess) (dataset.Decoded, error) {
	if len(b) >= worthwhile {
		if d, ok := s.decodedElsewhere(b, p); ok {
			return d, nil
		}
	}
	return dataset.DecodeTo(b, p) // which also says what is wrong
}

func (s *session) decodedElsewhere(b []byte, p recipe.Preprocess) (d dataset.Decoded, ok bool) {
	how, err := json.Marshal(p)
	if err != nil {
		return d, false
	}
	image := array(b)
	message := map[string]any{"image": image, "preprocess": string(how), "core": js.Global().Get("coreProgram")}
	answer, ok := s.pool.Ask(message, image.Get("buffer"))
	if !ok || !answer.Get("pix").Truthy() {
		return d, false
	}
	pix := answer.Get("pix")
	m := &dataset.Image{Width: answer.Get("width").Int(), Height: answer.Get("height").Int(), Channels: answer.Get("channels").Int(), Pix: make([]byte, pix.Length())}
	js.CopyBytesToGo(m.Pix, pix)
	d = dataset.Decoded{Image: m, Width: answer.Get("from").Index(0).Int(), Height: answer.Get("from").Index(1).Int()}
	js.CopyBytesToGo(d.Sum[:], answer.Get("sum"))
	return d, true
}

// decoding answers a kernel's worker that has started the core's program for it to decode images, and nothing else: listens
// takes the function that does. Of an image that cannot be decoded it tells nothing, as who asks then finds out.
func decoding(listens js.Value) {
	listens.Invoke(js.FuncOf(func(_ js.Value, args []js.Value) any {
		b := make([]byte, args[0].Length())
		js.CopyBytesToGo(b, args[0])
		var p recipe.Preprocess
		if err := json.Unmarshal([]byte(args[1].String()), &p); err != nil {
			return map[string]any{}
		}
		d, err := dataset.DecodeTo(b, p)
		if err != nil {
			return map[string]any{}
		}
		return map[string]any{
			"pix": array(d.Image.Pix), "width": d.Image.Width, "height": d.Image.Height, "channels": d.Image.Channels,
			"from": []any{d.Width, d.Height}, "sum": array(d.Sum[:]),
		}
	}))
	select {}
}
