// Command serve is the whole site on one machine: the built page and the share service on an
// embedded store.
//
//	go run ./site/serve -addr 127.0.0.1:8080 -dir dist -db receipts.db
//
// The environment's PORT replaces the port of -addr.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, os.Getenv("PORT"), *dir, *db); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, addr, port, dir, db string) error {
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
	store, err := openStore(db)
	if err != nil {
		return err
	}
	defer store.Close()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w; choose another port with PORT", err)
	}
	server := &http.Server{
		Handler:           handler(site, store),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// What is still being answered gets a moment; the store closes after it.
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- server.Shutdown(soon)
	}()
	fmt.Printf("Quantscope is at http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
