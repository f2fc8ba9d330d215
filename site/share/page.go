package share

import (
	"bytes"
	"context"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

// title is the line of index.html that a receipt's page has its preview in place of.
const title = "<title>Quantscope</title>\n"

// Page is the page as it answers at address path, below /r/, where its files are not beside it. The page that opens
// the receipt at /r/ID has its title and what other sites show of a link to it. Where no receipt is stored under the address,
// the page itself says what is wrong.
func Page(ctx context.Context, store Store, path string, page []byte) []byte {
	page = bytes.ReplaceAll(page, []byte(`"./`), []byte(`"/`))
	id := strings.TrimPrefix(path, "/r/")
	if !receipt.IsDigest(id) {
		return page
	}
	doc, err := store.Get(ctx, id)
	if err != nil {
		return page
	}
	r, err := receipt.Parse(doc)
	if err != nil {
		return page
	}
	return bytes.Replace(page, []byte(title), r.Preview(), 1)
}
