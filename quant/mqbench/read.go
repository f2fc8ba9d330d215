package mqbench

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Read reads a configuration, YAML, JSON or Python, into a valid recipe. It begins with the preset of the
// backend that the configuration names; where it names none with base, or with the academic backend if it has
// schemes for both sides, as MQBench demands them there. base, nil for none, gives preprocessing and data
// too. notes name every entry that has no effect, and why.
func Read(doc []byte, base *recipe.Recipe) (r recipe.Recipe, notes []string, err error) {
	if len(doc) > maxBytes {
		return r, nil, fmt.Errorf("configuration: %d bytes; one has a few kilobytes", len(doc))
	}
	v, skipped, err := parse(string(doc))
	if err != nil {
		return r, nil, fmt.Errorf("configuration: %w", err)
	}
	in := &reader{notes: skipped}
	if err := in.config(v, base); err != nil {
		return r, nil, fmt.Errorf("configuration: %w", err)
	}
	if err := in.recipe.Validate(); err != nil {
		return r, nil, fmt.Errorf("the configuration asks for what cannot be: %w", err)
	}
	return in.recipe, in.notes, nil
}

// LooksLike tells whether a document is rather a configuration of MQBench's than a recipe.
func LooksLike(doc []byte) bool {
	return !strings.Contains(string(doc), recipe.Format[:strings.IndexByte(recipe.Format, '/')+1])
}

// statement is how a line of Python begins that no other of the languages has: an assignment, a call, a block.
var statement = regexp.MustCompile(`^([A-Za-z_][\w.]*[ \t]*(=[^=]|\()|@|(import|from|def|class|if|for|with|try)\b[^:]*[^:\s]|("""|'''))`)

// parse tells the three languages apart: YAML has neither braces around all nor statements.
func parse(text string) (v any, skipped []string, err error) {
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '{' || statement.MatchString(line) {
			return parsePython(text)
		}
		v, err = parseYAML(text)
		return v, nil, err
	}
	return nil, nil, errors.New("there is nothing in it")
}

// reader is a recipe in the making.
type reader struct {
	recipe     recipe.Recipe
	notes      []string
	configured bool // settings of both sides were read
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// config reads a whole document.
func (r *reader) config(v any, base *recipe.Recipe) error {
	d, ok := v.(dict)
	if ok && len(d) == 0 {
		return errors.New("nothing in it is a setting of MQBench's: it takes a dictionary, assignments such as extra_qconfig_dict = {…}, or the YAML of MQBench's examples")
	}
	if !ok {
		return fmt.Errorf("it is %s, and should be a dictionary with entries", text(v))
	}
	top, err := r.section("", v)
	if err != nil {
		return err
	}
	if err := r.start(top, base); err != nil {
		return err
	}
	for _, read := range []func(*section) error{r.examples, r.lsq, r.fork, r.prepared} {
		if err := read(top); err != nil {
			return err
		}
	}
	top.close()
	return nil
}

// start takes the preset of the backend.
func (r *reader) start(top *section, base *recipe.Recipe) error {
	named, where, err := r.backend(top)
	if err != nil {
		return err
	}
	if named == "" && base != nil {
		r.recipe = *base
		return nil
	}
	if named == "" {
		if !holds(top.d, "w_qscheme") || !holds(top.d, "a_qscheme") {
			return errors.New("it does not say for which backend: choose its preset beside it, as --config NAME or in the form")
		}
		named = "academic"
		r.note("No backend is named: schemes for both sides are taken for MQBench's Academic.")
	}
	b, ok := backend.Of(named)
	if !ok {
		return fmt.Errorf("%s is %q; there are %s", where, named, strings.Join(backend.Names(), ", "))
	}
	if r.recipe, err = recipe.Preset(b.Name); err == nil && base != nil {
		r.recipe.Preprocess, r.recipe.Data, r.recipe.Rule = base.Preprocess, base.Data, base.Rule
	}
	return err
}

// backend is the one that a document names, "" for none, and where it does. Others that it names are told.
func (r *reader) backend(top *section) (named, where string, err error) {
	is := func(other, at string) {
		switch {
		case named == "":
			named, where = other, at
		case other != "" && other != named:
			r.note("%s is %s: %s, which is %s, counts.", at, other, where, named)
		}
	}
	for _, at := range [][2]string{
		{"quantize", "backend"}, {"quantization", "type"}, {"quant", "backend"}, {"quant", "deploy_backend"}, {"quant", "chip"}, {"quant_dict", "chip"},
	} {
		s, err := r.section(at[0], find(top.d, at[0]))
		if err != nil {
			return "", "", err
		}
		other, err := s.str(at[1])
		if err != nil {
			return "", "", err
		}
		is(other, s.path+at[1])
	}
	other, err := top.str("backend")
	if err != nil {
		return "", "", err
	}
	is(other, "backend")
	for _, e := range top.d { // platform = BackendType.SNPE
		if n, ok := e.value.(name); ok && strings.Contains("."+string(n), ".BackendType.") {
			top.take(e.key)
			is(last(string(n)), e.key)
		}
	}
	if d, ok := top.d.get("quantize").(dict); ok && d != nil && named == "" { // the examples' default
		return "academic", "quantize", nil
	}
	return named, where, nil
}

// find looks a key up in a dictionary and in those inside it.
func find(d dict, key string) any {
	if v := d.get(key); v != nil {
		return v
	}
	for _, e := range d {
		if inner, ok := e.value.(dict); ok {
			if v := find(inner, key); v != nil {
				return v
			}
		}
	}
	return nil
}

func holds(d dict, key string) bool { return find(d, key) != nil }
