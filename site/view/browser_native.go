//go:build !js

package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// Outside a browser nobody picks files, and no link is shown.

func picked(vecty.Object) []store.File { return nil }

func origin() string { return "" }

// at is for the page as a file, which servers send for other paths too, with "/" in the place of "./".
func at(path string) string { return "." + path }
