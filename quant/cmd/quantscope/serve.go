package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/quantscope/quantscope/site/serve"
)

func serveSite(ctx context.Context, c console, args []string) error {
	f := newFlags("serve", "", "Serves the page and the share service until it is interrupted, and prints where they are. An address\n"+
		"without a host, such as :8080, lets other machines in. Requests and failures are logged.")
	address := f.String("address", "127.0.0.1:8080", "listen on `HOST:PORT`")
	dist := f.String("dist", "dist", "the built site, a `FOLDER` that go run ./site/build makes")
	db := f.String("db", "receipts.db", "keep shared receipts in `FILE`")
	ceiling := f.Int("ceiling", 1024, "keep up to `N` MiB of receipts and refuse more")
	certificate := f.String("certificate", "", "speak HTTPS with this certificate, `FILE`.pem")
	key := f.String("key", "", "the certificate's key, `FILE`.pem")
	if _, err := f.parse(c.out, args, 0, 0); err != nil {
		return err
	}
	if *ceiling < 1 {
		return f.wrong("--ceiling must be at least 1")
	}
	logger := slog.New(slog.NewTextHandler(c.err, nil))
	slog.SetDefault(logger) // what the service logs goes the same way
	return serve.Run(ctx, c.out, logger, serve.Options{
		Address: *address, Site: os.DirFS(*dist), Store: *db, Ceiling: *ceiling << 20, Certificate: *certificate, Key: *key,
	})
}
