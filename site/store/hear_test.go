package store

import (
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/wasm/protocol"
)

type stub struct{ size int64 }

func (s stub) Blob(string) (any, int64) { return s, s.size }
func (s stub) URL(kind string) string   { return "blob:" + kind }

// said makes a message, which cannot fail here.
func said(m protocol.Message, err error) protocol.Message {
	if err != nil {
		panic(err)
	}
	return m
}

// TestEveryAnswerIsHeard sends an answer of each endpoint: it becomes the action that is its own.
func TestEveryAnswerIsHeard(t *testing.T) {
	parts := []Part{stub{7}}
	for _, c := range []struct {
		message protocol.Message
		want    Action
	}{
		{said(protocol.Open.Answer(3, protocol.Model{Memory: 5})), Opened{Job: 3, Model: protocol.Model{Memory: 5}}},
		{said(protocol.Load.Answer(3, protocol.Loaded{Data: inspect.Data{Items: 4}})), Loaded{Job: 3, Data: protocol.Loaded{Data: inspect.Data{Items: 4}}}},
		{said(protocol.Run.Answer(3, protocol.Result{Notes: []string{"n"}})), Finished{Job: 3, Result: protocol.Result{Notes: []string{"n"}}, QDQ: stub{7}, Size: 7, Now: 9}},
		{said(protocol.Recheck.Answer(3, receipt.Recheck{Layers: 2})), Rechecked{Job: 3, Recheck: receipt.Recheck{Layers: 2}}},
		{said(protocol.Verify.Answer(3, protocol.Verified{})), Verified{Job: 3, QDQ: stub{7}, Size: 7, Now: 9}},
		{said(protocol.Export.Answer(3, protocol.File{Name: "f"})), Exported{Job: 3, File: protocol.File{Name: "f"}, Handle: stub{7}, Size: 7}},
		{said(protocol.Compare.Answer(3, protocol.Comparison{})), Compared{Job: 3}},
		{said(protocol.Look.Answer(-3, protocol.Preview{})), Previewed{Job: -3, Pictures: []string{"blob:image/bmp"}}},
		{said(protocol.Detail.Answer(-3, protocol.LayerDetail{Done: true})), Detailed{Job: -3, Detail: protocol.LayerDetail{Done: true}}},
		{said(protocol.New(protocol.Ready, "", 0, protocol.Engine{Version: "v"})), Started{protocol.Engine{Version: "v"}}},
		{said(protocol.New(protocol.Step, "", 3, protocol.Progress{Done: 1})), Stepped{Job: 3, Step: protocol.Progress{Done: 1}, Now: 9}},
		{said(protocol.New(protocol.Fail, "", 3, protocol.Failure{Message: "why"})), Failed{Job: 3, Message: "why"}},
	} {
		got := Hear(c.message, parts, 9)
		// Results hold recipes whose numbers come back as they went; compare what is set here.
		if f, is := got.(Finished); is {
			f.Result = protocol.Result{Notes: f.Result.Notes}
			got = f
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: %+v, want %+v", c.message.Word, c.message.Kind, got, c.want)
		}
	}
	for _, bad := range []protocol.Message{
		{Word: protocol.Answer, Kind: "unknown", Job: 3, Body: []byte("{}")},
		{Word: protocol.Answer, Kind: protocol.Open.Kind, Job: 3, Body: []byte("[")},
		{Word: "unknown", Job: 3},
	} {
		if f, is := Hear(bad, nil, 0).(Failed); !is || f.Job != 3 || f.Message == "" {
			t.Errorf("%+v became %+v", bad, f)
		}
	}
}
