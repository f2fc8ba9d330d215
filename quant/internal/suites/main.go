// Command suites reads what `go test -json` prints, prints what `go test` would, and says at the end which tests
// took longest, which passed only when tried again, which did not run and why, and, last, how those that failed ended. It fails if a test failed, and also if one was skipped for something
// that is not there ("needs …") although ../shared lies beside the project: then all of it can be had.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	_, err := os.Stat("../shared")
	line, failed, ok := summarize(os.Stdin, os.Stdout, err == nil)
	fmt.Println(line)
	for _, f := range failed {
		fmt.Println(f)
	}
	if !ok {
		os.Exit(1)
	}
}

// event is a line of `go test -json`; go doc test2json.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64 // seconds
}

// summarize copies the lines that `go test` without -v prints, names the longest tests, and says which were skipped
// and how those that failed ended.
func summarize(in io.Reader, out io.Writer, complete bool) (line string, failed []string, ok bool) {
	ran := false
	ok = true
	held := map[[2]string][]string{} // what a test printed, until it is known whether it failed
	skipped := map[string][]string{} // by reason
	var took []event                 // the tests that ended
	var again []string               // what was tried again
	lines := bufio.NewReader(in)
	for {
		text, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		var e event
		if json.Unmarshal([]byte(text), &e) != nil {
			fmt.Fprint(out, text) // of the go command itself
			continue
		}
		ran = true
		key := [2]string{e.Package, e.Test}
		switch {
		case e.Action == "build-output", e.Action == "output" && e.Test == "":
			fmt.Fprint(out, e.Output)
		case e.Action == "output":
			if _, what, found := strings.Cut(e.Output, ": failed once: "); found {
				again = append(again, strings.TrimSpace(what))
			}
			held[key] = append(held[key], e.Output)
		case e.Action == "fail" || e.Action == "build-fail":
			ok = false
			fmt.Fprint(out, strings.Join(held[key], ""))
			if len(held[key]) > 0 {
				failed = append(failed, "Failed: "+short(e.Package)+" "+e.Test+"\n"+end(held[key]))
			}
			if e.Test == "" { // what a test printed that a crash or the time limit ended
				for k, lines := range held {
					if k[0] == e.Package {
						fmt.Fprint(out, strings.Join(lines, ""))
						failed = append(failed, "Failed: "+short(e.Package)+" "+k[1]+"\n"+end(lines))
						delete(held, k)
					}
				}
			}
		case e.Action == "skip" && e.Test != "":
			why := reason(held[key])
			skipped[why] = append(skipped[why], short(e.Package)+" "+e.Test)
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(held, key)
			if e.Test != "" && !strings.Contains(e.Test, "/") {
				took = append(took, e)
			}
		}
	}
	if !ran {
		return "No suite ran.", nil, false
	}
	fmt.Fprintln(out, longest(took))
	if len(again) > 0 {
		fmt.Fprintln(out, "Failed once and was tried again: "+strings.Join(again, "; ")+".")
	}
	if len(skipped) == 0 {
		return "Every suite ran.", failed, ok
	}
	var parts []string
	for why, tests := range skipped {
		if complete && strings.HasPrefix(why, "needs ") {
			ok = false
			failed = append(failed, "Failed: "+few(tests)+" can run here and did not: "+why)
		}
		parts = append(parts, fmt.Sprintf("%s: %s", why, few(tests)))
	}
	slices.Sort(parts)
	return "Did not run: " + strings.Join(parts, "; ") + ".", failed, ok
}

// longest names the tests that took longest: where to look when the whole takes too long.
func longest(took []event) string {
	slices.SortStableFunc(took, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	var parts []string
	for _, e := range took[:min(len(took), 10)] {
		parts = append(parts, fmt.Sprintf("%s %s %.0f s", short(e.Package), e.Test, e.Elapsed))
	}
	return "Longest: " + strings.Join(parts, ", ") + "."
}

// end is the last of what a test printed, where the cause mostly is.
func end(output []string) string {
	return strings.TrimRight(strings.Join(output[max(0, len(output)-40):], ""), "\n")
}

// reason is what t.Skip was given: "    file_test.go:12: reason".
func reason(output []string) string {
	for _, line := range output {
		if _, after, found := strings.Cut(line, ".go:"); found {
			if _, why, found := strings.Cut(after, ": "); found {
				return strings.TrimSpace(why)
			}
		}
	}
	return "no reason given"
}

func short(pkg string) string {
	return strings.TrimPrefix(pkg, "github.com/quantscope/quantscope/")
}

// few names the first tests and counts the rest.
func few(tests []string) string {
	if len(tests) <= 3 {
		return strings.Join(tests, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(tests[:3], ", "), len(tests)-3)
}
