package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Formats are those the core writes: first those made for the backend of the result, then the rest, in
// its order.
func (s State) Formats() []protocol.Format {
	if s.Engine == nil {
		return s.formats
	}
	out := slices.Clone(s.Engine.Formats)
	if s.Result == nil {
		return out
	}
	other := func(f protocol.Format) int {
		if s.Made(f) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b protocol.Format) int { return cmp.Compare(other(a), other(b)) })
	return out
}

// Made tells whether a format is for the backend of the result.
func (s State) Made(f protocol.Format) bool {
	b, known := backend.Of(s.Result.Recipe.Backend)
	return known && slices.Contains(b.Formats, f.Name)
}

// Export asks for the result in a format. A core that does not have the run any more, because it was
// started again or has run something else since, runs it once more: the bits are the same.
type Export struct{ Format string }

func (a Export) apply(s State) (State, []Effect) {
	if s.Result == nil || s.Elsewhere() || s.Busy() || s.has(protocol.Export.Kind) {
		return s, nil
	}
	s.Problem = nil
	s, effects := refill(s)
	if s.held.run == 0 || s.held.run != s.Result.Run {
		var e []Effect
		s, e = enqueue(s, protocol.Run, protocol.RunRequest{Recipe: s.Result.Recipe}, Job{Recipe: s.Result.Recipe, Quiet: true})
		effects = append(effects, e...)
		again := *s.Result
		again.Run = s.last
		s.replaceResult(&again)
	}
	body := protocol.ExportRequest{Run: s.Result.Run, Format: a.Format, Name: stem(s.Result.Model.Summary.Name) + "." + a.Format}
	s, e := enqueue(s, protocol.Export, body, Job{Format: a.Format})
	return s, append(effects, e...)
}

// replaceResult puts a result in the place of the one shown, among the runs too.
func (s *State) replaceResult(r *Result) {
	runs := slices.Clone(s.Runs)
	if i := slices.Index(runs, s.Result); i >= 0 {
		runs[i] = r
	}
	if s.Detail.key.result == s.Result {
		s.Detail.key.result = r
	}
	if s.Outputs.of == s.Result {
		s.Outputs.of = r
	}
	if s.Against == s.Result {
		s.Against = r
	}
	if s.Fits.of == s.Result {
		s.Fits.of = r
	}
	if s.Diagnosis.of == s.Result {
		s.Diagnosis.of = r
	}
	s.Runs, s.Result = runs, r
}

// Fits tells which formats can hold a result.
type Fits struct {
	list    []protocol.Fit
	of      *Result
	asked   int
	waiting bool
}

// Fitted is what the core has tried so far.
type Fitted struct {
	Job  int
	Fits protocol.Fits
}

func (a Fitted) apply(s State) (State, []Effect) {
	if s.Fits.waiting && a.Job == s.Fits.asked {
		s.Fits.list, s.Fits.waiting = a.Fits.List, !a.Fits.Done
	}
	return s, nil
}

// Fit is what is known of a format for the result that is shown; false if nothing is.
func (s State) Fit(format string) (protocol.Fit, bool) {
	if s.Fits.of == nil || s.Fits.of != s.Result {
		return protocol.Fit{}, false
	}
	for _, f := range s.Fits.list {
		if f.Format == format {
			return f, true
		}
	}
	return protocol.Fit{}, false
}

// Exported is the file of a format. Handle is the browser's of its bytes.
type Exported struct {
	Job    int
	File   protocol.File
	Handle any
	Size   int64
}

func (a Exported) apply(s State) (State, []Effect) {
	s, j, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Written = Written{Format: j.Format, Name: a.File.Name, Size: a.Size, Notes: a.File.Notes}
	s.Said = "Saved " + a.File.Name + "."
	return s, []Effect{Save{Name: a.File.Name, Type: "application/octet-stream", File: File{Path: a.File.Name, Size: a.Size, Handle: a.Handle}}}
}

// Written is the last file that was exported.
type Written struct {
	Format, Name string
	Size         int64
	Notes        []string
}

// CopyCommand puts the command that computes the result natively on the clipboard.
type CopyCommand struct{}

func (CopyCommand) apply(s State) (State, []Effect) {
	if s.Result == nil {
		return s, nil
	}
	s.copying = "command"
	return s, []Effect{CopyText{Text: s.Command()}}
}

// Command is the line that computes the result natively, from the recipe saved as recipe.json.
func (s State) Command() string {
	words := []string{"go run ./quant/cmd/quantscope quantize --recipe recipe.json -o " + quoted(s.Result.QDQ.Path), quoted(s.Result.Model.Summary.Name)}
	for _, root := range roots(s.Result.Data.Files) {
		words = append(words, quoted(root))
	}
	return strings.Join(words, " ")
}

// roots are what a user would name to give these files: folders, and files outside folders.
func roots(files []File) []string {
	var out []string
	for _, f := range files {
		root, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "/"), "/")
		if !slices.Contains(out, root) {
			out = append(out, root)
		}
	}
	const few = 4 // single files are better given as the folder they are in
	if len(out) > few {
		return []string{"."}
	}
	return out
}

// quoted is a word for a shell.
func quoted(word string) string {
	plain := strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == ""
	if plain && word != "" && word[0] != '-' {
		return word
	}
	if word != "" && word[0] == '-' {
		word = "./" + word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
