package share

import (
	"context"
	"net/http"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	now := time.Unix(600, 0).Add(20 * time.Second)
	w := &Window{now: func() time.Time { return now }}
	take := func(client string, want time.Duration) {
		t.Helper()
		if got, err := w.Take(context.Background(), client); got != want || err != nil {
			t.Errorf("%s waits %v, %v; want %v", client, got, err, want)
		}
	}
	for range PerMinute {
		take("a", 0)
	}
	take("a", 40*time.Second)
	take("b", 0)
	now = now.Add(39 * time.Second)
	take("a", time.Second)
	now = now.Add(time.Second)
	take("a", 0)
	if len(w.counts) != 1 {
		t.Errorf("%d clients are remembered past their minute", len(w.counts))
	}
}

func TestClient(t *testing.T) {
	for _, c := range []struct{ addr, want string }{
		{"192.0.2.1:4000", "192.0.2.1"},
		{"192.0.2.1", "192.0.2.1"},
		{"[::ffff:192.0.2.1]:4000", "192.0.2.1"},
		{"[2001:db8:1:2:3::4]:4000", "2001:db8:1:2::/64"},
		{"2001:db8:1:2::9", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:80", "fe80::/64"},
		{"", ""},
	} {
		if got := client(&http.Request{RemoteAddr: c.addr}); got != c.want {
			t.Errorf("%q counts for %q, want %q", c.addr, got, c.want)
		}
	}
}
