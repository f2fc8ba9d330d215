package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// usageError is a wrong command line, as opposed to wrong input.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// errHelped says that help was asked for and given.
var errHelped = errors.New("helped")

// flags are those of one subcommand. They may stand before, between and behind its arguments.
type flags struct {
	*flag.FlagSet
	arguments, about string
	json             *bool
	notes            []string // of what was given as a flag
	whole            bool     // a recipe file was given that says what depends on the network too, as a configuration of MQBench's does not
	files            []*outputFile
}

func newFlags(name, arguments, about string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), arguments: arguments, about: about}
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.json = f.Bool("json", false, "print one JSON document")
	return f
}

// parse gives the arguments, at least least and at most most of them (-1: any number). errHelped is
// returned where help was printed to out.
func (f *flags) parse(out io.Writer, args []string, least, most int) ([]string, error) {
	var rest []string
	for {
		err := f.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, errors.Join(errHelped, f.help(out))
		}
		if err != nil {
			return nil, f.wrong(strings.ReplaceAll(err.Error(), "flag provided but not defined", "there is no flag"))
		}
		if args = f.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	switch {
	case len(rest) < least:
		return nil, f.wrong(fmt.Sprintf("%d arguments are too few for %s", len(rest), f.arguments))
	case most >= 0 && len(rest) > most:
		return nil, f.wrong(fmt.Sprintf("%q is one argument too many for %s", rest[most], f.arguments))
	}
	return rest, nil
}

// output adds a flag for a file that is written, "" where it is not given.
func (f *flags) output(name, usage string) *string {
	v := new(outputFile)
	f.Var(v, name, usage)
	f.files = append(f.files, v)
	return (*string)(v)
}

// outputs are the names of all files to write.
func (f *flags) outputs() []string {
	var names []string
	for _, v := range f.files {
		names = append(names, v.String())
	}
	return names
}

// outputFile is the name of a file to write.
type outputFile string

func (o *outputFile) String() string { return string(*o) }

func (o *outputFile) Set(s string) error {
	*o = outputFile(s)
	return nameable(s)
}

// nameable says why nothing can be written to a file of that name.
func nameable(name string) error {
	switch name {
	case "":
		return errors.New("a file has a name")
	case "-":
		return errors.New("standard output has the command's own report; /dev/stdout takes a file besides it, ./- is a file of that name")
	}
	return nil
}

func (f *flags) wrong(text string) error {
	return usageError{fmt.Sprintf("%s: %s; quantscope %s --help shows how to use it", f.Name(), text, f.Name())}
}

func (f *flags) help(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: quantscope %s %s [flags]\n\n%s\n\n", f.Name(), f.arguments, f.about)
	f.VisitAll(func(g *flag.Flag) {
		value, usage := flag.UnquoteUsage(g)
		dashes := "--"
		if len(g.Name) == 1 {
			dashes = "-"
		}
		fmt.Fprintf(&b, "  %-22s %s", strings.TrimSpace(dashes+g.Name+" "+value), usage)
		if g.DefValue != "" && g.DefValue != "0" && g.DefValue != "false" {
			fmt.Fprintf(&b, " (%s)", g.DefValue)
		}
		b.WriteString("\n")
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// set tells whether a flag was given.
func (f *flags) set(name string) bool {
	given := false
	f.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}
