//go:build !js

package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// Outside a browser nobody picks files, and no link is shown.

func picked(vecty.Object) []store.File { return nil }

func origin() string { return "" }
