package plot

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestSettling(t *testing.T) {
	got := NewSettling([]inspect.Settled{{Items: 4, Low: 0.2, Middle: 0.4, High: 0.6}, {Items: 8, Low: 0.3, Middle: 0.5, High: 0.7}, {Items: 16, Low: 0.5, Middle: 0.5, High: 0.5}}, 100, 100, 50)
	want := Settling{"M0.0 30.0L50.0 20.0L100.0 20.0", "M0.0 10.0L50.0 0.0L100.0 20.0L100.0 20.0L50.0 40.0L0.0 50.0Z", 20, 70}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	flat := NewSettling([]inspect.Settled{{Items: 1, Low: 2, Middle: 2, High: 2}, {Items: 2, Low: 2, Middle: 2, High: 2}}, 1, 10, 10)
	if flat.Low != 2 || flat.High != 3 || flat.Middle != "M0.0 10.0L10.0 10.0" {
		t.Errorf("%+v", flat)
	}
}
