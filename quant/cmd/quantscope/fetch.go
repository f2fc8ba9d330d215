package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/quantscope/quantscope/quant/receipt"
)

// fetchTimeout bounds a request for a receipt, which is a few kilobytes.
const fetchTimeout = 30 * time.Second

// fetchReceipt gets the receipt behind a link, http://HOST/r/ID, from the share service of its host.
// What comes must have the digest that the link names.
func fetchReceipt(ctx context.Context, link string) (*receipt.Receipt, error) {
	u, err := url.Parse(receipt.TidyLink(link))
	if err != nil {
		return nil, fmt.Errorf("%q is not a link", link)
	}
	id, ok := strings.CutPrefix(u.Path, "/r/")
	if !ok || !receipt.IsDigest(id) {
		return nil, fmt.Errorf("%s is not a link to a receipt: such links end in /r/ and 64 hexadecimal digits", link)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	api := url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: "/api/receipts/" + id}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, api.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", link, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be fetched: %w", link, errors.Unwrap(err))
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, receipt.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s did not arrive whole: %w", link, err)
	}
	if response.StatusCode != http.StatusOK {
		var problem struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(b, &problem) != nil || problem.Error == "" {
			problem.Error = response.Status
		}
		return nil, fmt.Errorf("%s: %s", link, problem.Error)
	}
	r, err := receipt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", link, err)
	}
	if digest, err := r.Digest(); err != nil || digest != id {
		return nil, fmt.Errorf("%s: the host sent another receipt, %s, than the link names", link, digest)
	}
	return r, nil
}
