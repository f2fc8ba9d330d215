package store

import (
	"strings"
	"testing"
)

func TestAModelIsFetchedByItsAddress(t *testing.T) {
	d := newDesk()
	d.Dispatch(FetchModel{"https://example.com/model.onnx"})
	if p := d.State().Problem; p == nil || p.At != AtAddress || !strings.Contains(p.Why, "huggingface.co") || d.taken() != "" {
		t.Fatalf("another host: %+v", p)
	}
	d.Dispatch(FetchModel{"https://huggingface.co/a/b/blob/main/net.onnx"})
	if d.State().Problem != nil || d.State().Fetching == "" || d.effects[0] != Effect(Fetch{"https://huggingface.co/a/b/resolve/main/net.onnx", "net.onnx"}) {
		t.Fatalf("%+v", d.effects)
	}
	address := d.State().Fetching
	d.taken()
	d.Dispatch(ModelFetched{Address: address})
	if p := d.State().Problem; p == nil || !strings.Contains(p.Why, "CORS") || !strings.Contains(p.Why, "huggingface.co") || d.State().Fetching != "" {
		t.Fatalf("not readable: %+v", p)
	}
	d.Dispatch(FetchModel{address})
	d.Dispatch(FetchModel{"https://unpkg.com/p/other.onnx"})
	d.taken()
	d.Dispatch(ModelFetched{Address: address, Status: 200, File: file("net.onnx")})
	if got := d.taken(); got != "" {
		t.Errorf("what is not wanted any more did %s", got)
	}
	d.Dispatch(ModelFetched{Address: "https://unpkg.com/p/other.onnx", Status: 200, File: file("other.onnx")})
	if got := d.taken(); got != "post open" {
		t.Errorf("the file did %s", got)
	}
	d.Dispatch(FetchModel{address})
	d.Dispatch(ModelFetched{Address: address, Status: 404})
	if p := d.State().Problem; p == nil || !strings.Contains(p.Why, "no such file") {
		t.Errorf("404: %+v", p)
	}
}
