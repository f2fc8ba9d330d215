package main

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
)

// Images of ../shared/cases/58-webp-bmp-left-out are read, all three.
func TestWebPAndBMP(t *testing.T) {
	dir := shared.Path(t, "cases", "58-webp-bmp-left-out")
	var e, turned evaluation
	document(t, &e, dir, "eval", "imgnet.onnx", "z6.webp", "z7.bmp", "c-base.jpg", "--preprocess", "imagenet", "--labels", "none")
	if e.Items != 3 || strings.Contains(strings.Join(e.Notes, " "), "left out") {
		t.Errorf("%+v", e)
	}
	document(t, &turned, dir, "eval", "imgnet.onnx", "z6.webp", "z7.bmp", "c-base.jpg", "--preprocess", "imagenet", "--labels", "none", "--upright")
	if turned.Items != 3 {
		t.Errorf("%+v", turned)
	}
}
