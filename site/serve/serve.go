// Package serve is the whole site on one machine: the built page and the share service on an
// embedded store.
package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// grace is how long what is being answered may take when the server ends.
const grace = 500 * time.Millisecond

// Options say what is served where.
type Options struct {
	Address     string // host and port to listen on; without a host, on every network of the machine
	Site        fs.FS  // the built site
	Store       string // file that keeps the shared receipts
	Ceiling     int    // bytes of receipts that are kept; more are refused
	Certificate []byte // a certificate and its key in PEM; without them the server speaks plain HTTP
	Key         []byte
}

// Run serves until ctx is done. Once it listens it writes to out where the page is, here and for other
// machines. Requests and failures are logged.
func Run(ctx context.Context, out io.Writer, log *slog.Logger, o Options) error {
	site, err := load(o.Site)
	if err != nil {
		return err
	}
	scheme := "http"
	var secure *tls.Config
	if len(o.Certificate)+len(o.Key) > 0 {
		pair, err := tls.X509KeyPair(o.Certificate, o.Key)
		if err != nil {
			return fmt.Errorf("the certificate with its key: %w; both must be PEM files", err)
		}
		scheme, secure = "https", &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	store, err := openStore(o.Store, o.Ceiling)
	if err != nil {
		return err
	}
	defer store.Close()
	l, err := listen(o.Address, log)
	if err != nil {
		return fmt.Errorf("%w; choose another address or port", err)
	}
	server := newServer(access(log, handler(site, store)), log)
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		soon, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		err := server.Shutdown(soon)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		done <- err
	}()
	tell(out, scheme, l.Addr().(*net.TCPAddr))
	var from net.Listener = l
	if secure != nil {
		from = tls.NewListener(l, secure)
	}
	if err := server.Serve(from); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// newServer bounds how long a client may take: whoever reads or sends slowly is cut off.
func newServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      h,
		ErrorLog:                     slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		DisableGeneralOptionsHandler: true, // its answers have none of our headers
		ReadHeaderTimeout:            10 * time.Second,
		ReadTimeout:                  time.Minute,
		WriteTimeout:                 3 * time.Minute, // the core at 20 kB a second
		IdleTimeout:                  2 * time.Minute,
		MaxHeaderBytes:               64 << 10,
	}
}
