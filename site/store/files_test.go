package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// few is a desk with a model and so many items.
func few(t *testing.T, items int) *desk {
	d := opened(t)
	d.Dispatch(Dropped{Files: []File{file("a.png")}})
	d.Dispatch(Loaded{Job: d.State().Jobs[0].ID, Data: protocol.Loaded{Data: inspect.Data{Items: items}}})
	d.taken()
	return d
}

func TestFewItemsSplitByThemselves(t *testing.T) {
	for _, n := range []int{2, 3, 12, 40} {
		if why := few(t, n).State().Obstacle(); why != "" {
			t.Errorf("%d items: %s", n, why)
		}
	}
	d := few(t, 1)
	if why := d.State().Obstacle(); !strings.Contains(why, "One item") {
		t.Errorf("one item: %q", why)
	}
	d.Dispatch(AllowOverlap{On: true})
	if why := d.State().Obstacle(); why != "" {
		t.Errorf("one item that does both: %s", why)
	}
}

func TestDataBeforeTheModelAreShown(t *testing.T) {
	d := newDesk()
	d.Dispatch(Dropped{Files: []File{file("a.png")}})
	d.Dispatch(Loaded{Job: 1, Data: protocol.Loaded{Data: inspect.Data{Items: 4}}})
	if s := d.State(); s.Place != AtData || s.Data == nil {
		t.Errorf("at %s, data %v", s.Place, s.Data)
	}
}

func TestModelInAnArchive(t *testing.T) {
	d := opened(t)
	before := d.State().Data
	d.Dispatch(Dropped{Files: []File{file("net.zip")}})
	d.taken()
	d.Dispatch(Loaded{Job: 3, Data: protocol.Loaded{Model: []string{"net/a.onnx"}}, Files: []File{file("net/a.onnx")}})
	if got := d.taken(); got != "post open" || d.State().Data != before {
		t.Errorf("an archive with a model alone: %s; the data are replaced: %v", got, d.State().Data != before)
	}
}

func TestWhatIsChosenAsTheModelHasToBeOne(t *testing.T) {
	d := newDesk()
	d.Dispatch(Dropped{Files: []File{file("cat.jpg")}, Model: true})
	if p := d.State().Problem; d.taken() != "" || p == nil || !strings.Contains(p.What, "cat.jpg is no model") {
		t.Errorf("%+v", p)
	}
	d.Dispatch(Dropped{Files: []File{file("net.zip")}, Model: true})
	if got := d.taken(); got != "post load" || d.State().Problem != nil {
		t.Errorf("an archive: %s, %+v", got, d.State().Problem)
	}
}
