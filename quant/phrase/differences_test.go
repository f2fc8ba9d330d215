package phrase

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/quantscope/quantscope/quant/report"
)

func TestDifferencesAreCountedByCause(t *testing.T) {
	r := report.Report{Steps: []report.Step{
		{Name: "a", Integer: true, Unequal: 0.5, Cause: report.BiasRounding},
		{Name: "b", Integer: true, Unequal: 0.1, Cause: report.Requantization},
		{Name: "c", Integer: true, Unequal: 0.2, Cause: report.Requantization},
		{Name: "d", Integer: false, Cause: report.Placement},
		{Name: "e", Integer: true},
	}}
	got := Differences(r)
	want := []Difference{{report.Requantization, 2, 0.2, "c"}, {report.BiasRounding, 1, 0.5, "a"}, {report.Placement, 1, 0, "d"}}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	if got, want := Differ(r), "4 of 5 steps run on integers; 3 give other numbers than the simulation somewhere."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if Differ(report.Report{}) != "" {
		t.Error("a result without steps says something of them")
	}
	if got := Differ(report.Report{Steps: r.Steps[3:]}); got != "1 of 2 steps run on integers; none gives other numbers than the simulation." {
		t.Errorf("without a difference: %q", got)
	}
}

// TestEveryCauseHasAMeaning reads the causes out of their source, so that a new one cannot be forgotten.
func TestEveryCauseHasAMeaning(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../report/step.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		cause, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if found++; cause != "" && Meaning(report.Cause(cause)) == "" {
			t.Errorf("nothing explains %q", cause)
		}
		return true
	})
	if found < 8 {
		t.Fatalf("only %d causes found", found)
	}
}
