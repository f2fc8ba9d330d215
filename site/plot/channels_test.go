package plot

import (
	"strings"
	"testing"
)

func TestChannelsOneBarEach(t *testing.T) {
	got := Channels([]float32{1, 2, 0.5}, 30, 10)
	if want := "M5.0 10.0L5.0 5.0M15.0 10.0L15.0 0.0M25.0 10.0L25.0 7.5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestChannelsKeepTheLargestWhereTheyShare(t *testing.T) {
	ranges := make([]float32, 1000)
	ranges[501] = 4
	got := Channels(ranges, 100, 10)
	if n := strings.Count(got, "M"); n != 100 {
		t.Errorf("%d bars, want 100", n)
	}
	if !strings.Contains(got, "L50.5 0.0") {
		t.Error("the one channel that stands out is lost")
	}
}
