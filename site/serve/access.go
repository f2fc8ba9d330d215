package serve

import (
	"log/slog"
	"net/http"
	"time"
)

// access logs every request once it is answered.
func access(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		m := &metered{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			log.Info("access", "client", r.RemoteAddr, "method", r.Method, "path", r.URL.Path,
				"status", m.status, "bytes", m.bytes, "ms", time.Since(start).Milliseconds())
		}()
		next.ServeHTTP(m, r)
	})
}

// metered is a ResponseWriter that remembers what was answered.
type metered struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (m *metered) WriteHeader(status int) {
	m.status = status
	m.ResponseWriter.WriteHeader(status)
}

func (m *metered) Write(b []byte) (int, error) {
	n, err := m.ResponseWriter.Write(b)
	m.bytes += int64(n)
	return n, err
}
