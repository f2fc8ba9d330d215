//go:build js

package view

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestAnswersOfBothNetworks(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	d.do(store.Detailed{Job: d.asked(protocol.Detail.Kind), Detail: protocol.LayerDetail{Done: true}})
	d.button("Compare the answers").Call("click")
	frames()
	asked := d.asked(protocol.Outputs.Kind)
	cat, dog := inspect.Class{Index: 0, Name: "cat"}, inspect.Class{Index: 1, Name: "dog"}
	pair := inspect.Pair{
		Input:     inspect.Input{Name: "pets/a.png", Label: 0, LabelName: "cat", Answers: []inspect.Answer{{Class: 0, Name: "cat", Share: 0.6}, {Class: 1, Name: "dog", Share: 0.4}}},
		Quantized: []inspect.Answer{{Class: 1, Name: "dog", Share: 0.7}, {Class: 2, Name: "cow", Share: 0.2}},
	}
	d.do(store.Answered{Job: asked, Outputs: inspect.Outputs{Items: 3, Flips: 1, Pairs: []inspect.Pair{pair}, Cells: []inspect.Cell{
		{Label: cat, Answer: cat, Float: 2, Quantized: 1}, {Label: cat, Answer: dog, Quantized: 1}, {Label: dog, Answer: dog, Float: 1, Quantized: 1},
	}}})
	if !d.says("The first answer changes on 1 of 3 items") {
		t.Error("nothing says how many answers change")
	}
	matrix := d.one(".confusion tbody").Get("textContent").String()
	if !strings.Contains(matrix, "cat1−11+1") || document("querySelectorAll", ".confusion .worse").Length() != 2 {
		t.Errorf("the matrix is %s", matrix)
	}
	flip := d.one(".flip.changed").Get("textContent").String()
	for _, want := range []string{"pets/a.png", "changed", "cat, the label60.0\u202f%–", "dog40.0\u202f%70.0\u202f%", "cow–20.0\u202f%"} {
		if !strings.Contains(flip, want) {
			t.Errorf("the item does not show %q: %s", want, flip)
		}
	}
}

func TestWorkIsKeptAndForgotten(t *testing.T) {
	d := show(t)
	if document("querySelector", ".kept button").Truthy() {
		t.Error("the empty page offers to keep something")
	}
	d.open()
	d.one(".kept button").Call("click")
	frames()
	if !d.State().Keep.On || !d.says("Work kept, 2 B.") {
		t.Errorf("kept: %+v", d.State().Keep)
	}
	d.button("Forget everything").Call("click")
	frames()
	if d.State().Keep.On {
		t.Error("the work is not forgotten")
	}
}

func TestKeysAreListed(t *testing.T) {
	d := show(t)
	d.do(store.ShowKeys{On: true})
	if list := d.one(".keys").Get("textContent").String(); !strings.Contains(list, "Ctrl+Z") {
		t.Errorf("the list is %s", list)
	}
	d.button("Close").Call("click")
	frames()
	if document("querySelector", ".keys").Truthy() {
		t.Error("the list stays")
	}
}
