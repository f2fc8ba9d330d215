package main

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/receipt"
)

// sharing is what share prints as JSON.
type sharing struct {
	Receipt string `json:"receipt"` // its digest
	Link    string `json:"link"`
	Note    string `json:"note,omitempty"`
}

func shareReceipt(ctx context.Context, c console, args []string) error {
	f := newFlags("share", "RECEIPT", "Prints a link that holds the whole receipt, for any copy of the page. Nothing is sent.")
	site := f.String("site", "http://127.0.0.1:8080/", "`ADDRESS` of the page")
	badge := f.output("badge", "write a badge, an SVG with figure and digest, to `FILE`.svg")
	rest, err := f.parse(c.out, args, 1, 1)
	if err != nil {
		return err
	}
	if err := c.disk.check(rest, *badge); err != nil {
		return err
	}
	r, err := openClaim(ctx, rest[0], nil)
	if err != nil {
		return err
	}
	var s sharing
	if s.Receipt, err = r.Digest(); err != nil {
		return err
	}
	if s.Link, err = r.Link(*site); err != nil {
		return err
	}
	if len(s.Link) > receipt.MaxLink {
		s.Note = fmt.Sprintf("With %d characters the link is too long for some mails and chats: send the receipt's file there.", len(s.Link))
	}
	if *badge != "" {
		svg, err := r.Badge()
		if err == nil {
			err = c.disk.write(export.File{Name: *badge, Bytes: svg})
		}
		if err != nil {
			return err
		}
	}
	if *f.json {
		return printJSON(c.out, s)
	}
	show(c.out, "%s\n", s.Link)
	if s.Note != "" {
		fmt.Fprintln(c.err, s.Note)
	}
	return nil
}
