package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/browser"
	"github.com/quantscope/quantscope/site/store"
)

func picked(input vecty.Object) []store.File { return browser.Picked(input) }

func origin() string { return browser.Origin() }

func at(path string) string { return browser.Here(path) }
