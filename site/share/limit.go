package share

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// PerMinute is how many receipts a client may send a minute. wrangler.jsonc says the same.
const PerMinute = 120

// Window is a Limiter in memory: it counts anew at every full minute, so that it holds the clients of
// one minute only. The zero value is ready.
type Window struct {
	mu     sync.Mutex
	minute int64
	counts map[string]int
	now    func() time.Time // nil: time.Now
}

// Take counts one for client.
func (w *Window) Take(_ context.Context, client string) (time.Duration, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if w.now != nil {
		now = w.now()
	}
	if minute := now.Unix() / 60; w.counts == nil || minute != w.minute {
		w.minute, w.counts = minute, map[string]int{}
	}
	if w.counts[client] >= PerMinute {
		return time.Unix((w.minute+1)*60, 0).Sub(now), nil
	}
	w.counts[client]++
	return 0, nil
}

// client is whom a request counts for: an IPv4 address, or the /64 network in which an IPv6 address is
// free to change.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr // the Worker is told an address without a port
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr = addr.Unmap(); addr.Is6() {
		network, _ := addr.WithZone("").Prefix(64)
		return network.String()
	}
	return addr.String()
}
