package main

import (
	"fmt"

	"github.com/quantscope/quantscope/quant"
)

// openModel imports the network in a file, with external data from the file's folder and the shapes that were
// given.
func openModel(path string, given shapes) (*quant.Model, error) {
	n, err := openFile(path)
	if err != nil {
		return nil, err
	}
	if err := given.check(n.model); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m, err := n.with(given)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, given.wanted(n.model))
	}
	return m, nil
}
