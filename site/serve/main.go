// Command serve is the whole site on one machine: the built page and the share service on an
// embedded store.
//
//	go run ./site/serve -addr 127.0.0.1:8080 -dir dist -db receipts.db -ceiling 1024
//
// The environment's PORT replaces the port of -addr. Requests and failures are logged on the standard
// error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on; PORT in the environment replaces its port")
	dir := flag.String("dir", "dist", "the built site (go run ./site/build)")
	db := flag.String("db", "receipts.db", "file that keeps the shared receipts")
	ceiling := flag.Int("ceiling", 1024, "`MiB` of receipts that are kept; more are refused")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	slog.SetDefault(logger) // what share logs goes the same way
	if err := run(ctx, logger, *addr, os.Getenv("PORT"), *dir, *db, *ceiling<<20); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, logger *slog.Logger, addr, port, dir, db string, ceiling int) error {
	if port != "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return fmt.Errorf("-addr: %w", err)
		}
		addr = net.JoinHostPort(host, port)
	}
	site, err := load(dir)
	if err != nil {
		return err
	}
	store, err := openStore(db, ceiling)
	if err != nil {
		return err
	}
	defer store.Close()
	l, err := listen(addr, logger)
	if err != nil {
		return fmt.Errorf("%w; choose another port with PORT", err)
	}
	server := newServer(access(logger, handler(site, store)), logger)
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// What is still being answered gets a moment; the store closes after it.
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- server.Shutdown(soon)
	}()
	fmt.Printf("Quantscope is at http://%s\n", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
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
