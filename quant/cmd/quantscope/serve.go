package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/site/embedded"
	"github.com/quantscope/quantscope/site/serve"
)

func serveSite(ctx context.Context, c console, args []string) error {
	f := newFlags("serve", "", "Serves the page and the share service until it is interrupted, and prints where they are. An address\n"+
		"without a host, such as :8080, lets other machines in. Requests and failures are logged.")
	address := f.String("address", "127.0.0.1:8080", "listen on `HOST:PORT`")
	dist := f.String("dist", "", "the built site, a `FOLDER` that go run ./site/build makes (default the one in the program, else dist)")
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
	site := embedded.Site()
	if *dist != "" || site == nil {
		folder := cmp.Or(*dist, "dist")
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return fmt.Errorf("there is no folder %s with the built site: go run ./site/build makes one, and --dist names it", folder)
		}
		site = os.DirFS(folder)
	}
	if (*certificate == "") != (*key == "") {
		return f.wrong("HTTPS takes --certificate and --key")
	}
	var pair [2][]byte
	if *certificate != "" {
		for i, file := range []string{*certificate, *key} {
			var err error
			if pair[i], err = input.Read(file, input.MaxText); err != nil {
				return err
			}
		}
	}
	logger := slog.New(slog.NewTextHandler(c.err, nil))
	slog.SetDefault(logger) // what the service logs goes the same way
	return serve.Run(ctx, c.out, logger, serve.Options{
		Address: *address, Site: site, Store: *db, Ceiling: *ceiling << 20, Certificate: pair[0], Key: pair[1],
	})
}
