// Package e2e tests the whole page, in a DOM under node and in a real browser. Its Go tests start
// what is needed and skip, by name, where node, its packages or Chromium are absent.
package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestComponentsCopyAndGuard finds components that would leak every render, because their Copy keeps
// the Core, or end the page with a panic.
func TestComponentsCopyAndGuard(t *testing.T) {
	sources, err := filepath.Glob("../view/*.go")
	if err != nil {
		t.Fatal(err)
	}
	components := map[string]bool{}
	calls := map[string]map[string]bool{} // "Type.Method" → functions that it calls
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok && embedsCore(s) {
					components[n.Name.Name] = true
				}
			case *ast.FuncDecl:
				if n.Recv != nil {
					calls[receiver(n)+"."+n.Name.Name] = called(n)
				}
			}
			return true
		})
	}
	if len(components) < 10 {
		t.Fatalf("only %d components found: is this the right folder?", len(components))
	}
	for c := range components {
		if !calls[c+".Copy"]["copyOf"] {
			t.Errorf("%s: Copy has to use copyOf, else every render is kept", c)
		}
		if !calls[c+".Render"]["guard"] {
			t.Errorf("%s: Render has to use guard, else a panic ends the page", c)
		}
	}
}

func embedsCore(s *ast.StructType) bool {
	for _, f := range s.Fields.List {
		if sel, ok := f.Type.(*ast.SelectorExpr); ok && len(f.Names) == 0 && sel.Sel.Name == "Core" {
			return true
		}
	}
	return false
}

func receiver(f *ast.FuncDecl) string {
	e := f.Recv.List[0].Type
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

func called(f *ast.FuncDecl) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if id, ok := c.Fun.(*ast.Ident); ok {
				out[id.Name] = true
			}
		}
		return true
	})
	return out
}
