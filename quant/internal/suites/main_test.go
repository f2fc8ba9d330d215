package main

import (
	"bytes"
	"strings"
	"testing"
)

const run = `{"Action":"output","Package":"github.com/quantscope/quantscope/quant","Test":"TestA","Output":"    a_test.go:3: needs ../shared\n"}
{"Action":"skip","Package":"github.com/quantscope/quantscope/quant","Test":"TestA"}
{"Action":"output","Package":"github.com/quantscope/quantscope/quant","Test":"TestB","Output":"quiet\n"}
{"Action":"pass","Package":"github.com/quantscope/quantscope/quant","Test":"TestB","Elapsed":41.7}
{"Action":"output","Package":"github.com/quantscope/quantscope/quant","Output":"ok quant\n"}
{"Action":"skip","Package":"github.com/quantscope/quantscope/site"}
`

func TestSkippedAreSaid(t *testing.T) {
	for _, complete := range []bool{false, true} {
		var out bytes.Buffer
		line, failed, ok := summarize(strings.NewReader(run), &out, complete)
		if line != "Did not run: needs ../shared: quant TestA." || ok == complete || len(failed) > 0 != complete || out.String() != "ok quant\nLongest: quant TestB 42 s, quant TestA 0 s.\n" {
			t.Errorf("%q, %q, %v, %q", line, failed, ok, out.String())
		}
	}
}

func TestAFailureIsPrinted(t *testing.T) {
	var out bytes.Buffer
	const failing = `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
`
	line, failed, ok := summarize(strings.NewReader(failing), &out, false)
	if ok || line != "Every suite ran." || !strings.Contains(out.String(), "a_test.go:3: wrong") ||
		len(failed) != 1 || failed[0] != "Failed: p TestA\n    a_test.go:3: wrong" {
		t.Errorf("%q, %q, %v, %q", line, failed, ok, out.String())
	}
}

func TestWhatWasTriedAgainIsSaid(t *testing.T) {
	var out bytes.Buffer
	const again = `{"Action":"output","Package":"p","Test":"TestA/leak","Output":"    a_test.go:3: failed once: leak.test.mjs: exit status 1\n"}
{"Action":"pass","Package":"p","Test":"TestA/leak"}
`
	if _, _, ok := summarize(strings.NewReader(again), &out, true); !ok || !strings.Contains(out.String(), "Failed once and was tried again: leak.test.mjs: exit status 1.\n") {
		t.Errorf("%v, %q", ok, out.String())
	}
}
