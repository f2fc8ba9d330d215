// Package shared finds the material beside the project that tests compare with: networks, images, vectors
// of MQBench, cases. A clone without it skips those tests; beside it, a test that does not find what it
// needs fails.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Thorough says whether suites try every combination (make thorough, an hour) rather than those that
// make test has the time for.
func Thorough() bool { return os.Getenv("THOROUGH") != "" }

// Project is the absolute path of the project's folder.
func Project(t testing.TB) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(here, "go.mod")) {
		up := filepath.Dir(here)
		if up == here {
			t.Fatal("shared: no go.mod above the test's folder")
		}
		here = up
	}
	return here
}

// Path is the absolute path of a file or folder in ../shared.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root := filepath.Join(filepath.Dir(Project(t)), "shared")
	if !exists(root) {
		t.Skip("needs ../shared")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if !exists(path) {
		t.Fatalf("../shared/%s is absent", filepath.Join(elem...))
	}
	return path
}

// Read is the content of a file in ../shared.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Glob lists the files of a folder in ../shared whose names match; there is at least one.
func Glob(t testing.TB, pattern string, folder ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Path(t, folder...), pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("../shared/%s has no %s", filepath.Join(folder...), pattern)
	}
	return files
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
