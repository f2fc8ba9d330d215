package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant"
)

// operatorsFile is a page of its own, which needs no program.
const operatorsFile = "operators.html"

// operators writes the list of operators, from the tables of reader and engine.
func operators(dir string) error {
	list := quant.Operators()
	var b strings.Builder
	b.WriteString(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Operators – Quantscope</title>
<link rel="icon" href="./icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./style.css">
<link rel="stylesheet" href="./places.css">
<link rel="stylesheet" href="./frame.css">
</head>
<body class="page">
<header class="top"><a class="brand" href="./#model"><span>Quantscope</span></a></header>
<main class="main">
`)
	fmt.Fprintf(&b, "<h1>%d operators of ONNX</h1>\n<p class=\"lede\">Networks with these are read. A network with another one is refused, with the name of the node.</p>\n", len(list))
	for _, way := range []struct {
		runs         quant.Way
		title, about string
	}{
		{quant.OnIntegers, "On integers", "Where the recipe quantizes their inputs and outputs; in float otherwise."},
		{quant.OnFloats, "On floats", "Also in a quantized network."},
		{quant.AsOthers, "As others", "Spelled out in the operators above, folded into a neighbour, or computed when the file is read."},
	} {
		var names []string
		for _, o := range list {
			if o.Runs == way.runs {
				names = append(names, "<li><code>"+html.EscapeString(o.Name)+"</code></li>")
			}
		}
		fmt.Fprintf(&b, "<section class=\"card operators\"><h2>%s: %d</h2>\n<p>%s</p>\n<ul>%s</ul></section>\n", way.title, len(names), way.about, strings.Join(names, "\n"))
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return os.WriteFile(filepath.Join(dir, operatorsFile), []byte(b.String()), 0o644)
}
