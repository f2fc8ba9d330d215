package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/graph"
)

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// assignments are files to write, each alone or as NAME=FILE.
type assignments struct{ list }

func (a *assignments) Set(s string) error {
	_, file, named := strings.Cut(s, "=")
	if !named {
		file = s
	}
	return errors.Join(nameable(file), a.list.Set(s))
}

func runTensors(ctx context.Context, c console, args []string) error {
	f := newFlags("run", "MODEL.onnx TENSOR...", "Runs tensors through a network. A tensor is an .npy file or an ONNX TensorProto, .pb; they come in\n"+
		"the order of the network's inputs, or as NAME=FILE. Where the file leaves sizes open, such as that of the batch,\n"+
		"they are as the tensors have them. Outputs are described, or written with -o.")
	var out assignments
	f.Var(&out, "o", "`FILE` (.npy or .pb) for an output: the first, the second..., or NAME=FILE")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	n, err := openFile(rest[0])
	if err != nil {
		return err
	}
	files, err := assign("input", namesOf(n.model.Graph.Feeds()), rest[1:], isFile)
	if err != nil {
		return err
	}
	inputs := make([]*graph.Tensor, len(files))
	for i, file := range files {
		if file == "" {
			return fmt.Errorf("there is no tensor for input %q: the network has %d inputs", n.model.Graph.Feeds()[i].Name, len(files))
		}
		if inputs[i], err = readTensor(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	m, err := n.shaped(inputs)
	if err != nil {
		return err
	}
	targets, err := assign("output", outputsOf(m.Graph), out.list, func(string) bool { return false })
	if err != nil {
		return err
	}
	for _, file := range targets {
		if e := extension(file); file != "" && e != ".npy" && e != ".pb" {
			return fmt.Errorf("%s: outputs are written as .npy or .pb", file)
		}
	}
	if err := c.disk.check(append(files, rest[0]), targets...); err != nil {
		return err
	}
	outputs, err := runItems(ctx, m, inputs)
	if err != nil {
		return err
	}
	var written []export.File
	for i, file := range targets {
		if file != "" {
			written = append(written, export.File{Name: file, Bytes: encodeTensor(file, m.Graph.Values[m.Graph.Outputs[i]].Name, outputs[i])})
		}
	}
	return errors.Join(printOutputs(c, m.Graph, outputs, *f.json), c.disk.write(written...))
}

// outputsOf are the names of the outputs of a network as it runs, which may end before the file's does.
func outputsOf(g *graph.Graph) []string {
	var names []string
	for _, v := range g.Outputs {
		names = append(names, g.Values[v].Name)
	}
	return names
}

// assign gives each of the network's inputs or outputs, which have names, the file that stands for it, "" for none: in
// order, or by name as NAME=FILE. A file whose own name has an = in it goes in order where it is there.
func assign(kind string, values, args []string, there func(file string) bool) ([]string, error) {
	files := make([]string, len(values))
	next := 0
	for _, arg := range args {
		name, file, named := strings.Cut(arg, "=")
		at := slices.Index(values, name)
		switch {
		case named && at >= 0:
		case named && !there(arg):
			return nil, fmt.Errorf("%s: the network has no %s %q: %s", short(arg), kind, short(name), count(kind, values))
		default:
			at, file = next, arg
			next++
		}
		if at >= len(values) {
			return nil, fmt.Errorf("%s: that is one too many: %s", short(arg), count(kind, values))
		}
		if files[at] != "" {
			return nil, fmt.Errorf("%s and %s are for the same %s, %q", short(files[at]), short(file), kind, values[at])
		}
		files[at] = file
	}
	return files, nil
}

// count says which inputs or outputs there are.
func count(kind string, values []string) string {
	switch len(values) {
	case 0:
		return "it has none"
	case 1:
		return fmt.Sprintf("its only %s is %q", kind, values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return fmt.Sprintf("its %ss are %s", kind, strings.Join(quoted, ", "))
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// runItems runs inputs through m, item by item where its batch is free.
func runItems(ctx context.Context, m *quant.Model, inputs []*graph.Tensor) ([]*graph.Tensor, error) {
	g := m.Graph
	items, err := itemsOf(g, inputs)
	if err != nil {
		return nil, err
	}
	outputs := make([]*graph.Tensor, len(g.Outputs))
	var size int64 // of the outputs
	for i, v := range g.Outputs {
		value := g.Values[v]
		if items > 1 && (len(value.Shape) == 0 || value.Shape[0] != 1) {
			return nil, fmt.Errorf("output %q %v has no batch: give one item at a time", value.Name, value.Shape)
		}
		outputs[i] = &graph.Tensor{DType: value.DType, Shape: slices.Clone(value.Shape)}
		if items > 1 {
			outputs[i].Shape[0] = items
		}
		n := int64(graph.Len(outputs[i].Shape))
		size += 4 * n
		if value.DType != graph.Float32 { // read as floats, kept as int64
			size += 8 * n
		}
	}
	if err := afford(ctx, m, size); err != nil {
		return nil, err
	}
	r, err := exec.New(ctx, g, exec.Config{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for k := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := make([][]float32, len(inputs))
		for i, t := range inputs {
			x[i] = item(t, k, items)
		}
		if err := r.Run(ctx, x...); err != nil {
			return nil, err
		}
		for i, t := range outputs {
			y := r.Output(i)
			if t.DType == graph.Float32 && items == 1 {
				t.F = y // which may take most of the memory: no second one
				continue
			}
			if t.DType == graph.Float32 {
				t.F = append(slices.Grow(t.F, graph.Len(t.Shape)-len(t.F)), y...)
				continue
			}
			t.I = slices.Grow(t.I, graph.Len(t.Shape)-len(t.I))
			for _, v := range y {
				t.I = append(t.I, int64(v))
			}
		}
	}
	return outputs, nil
}

// itemsOf checks the inputs against the network and counts the items in them.
func itemsOf(g *graph.Graph, inputs []*graph.Tensor) (int, error) {
	items := 1
	for i, t := range inputs {
		v := g.Values[g.Inputs[i]]
		if t.DType != v.DType {
			return 0, fmt.Errorf("input %q is of %v, the tensor of %v", v.Name, v.DType, t.DType)
		}
		if slices.Equal(t.Shape, v.Shape) {
			if items > 1 {
				return 0, fmt.Errorf("input %q has one item, another %d", v.Name, items)
			}
			continue
		}
		if !g.Batch || len(t.Shape) != len(v.Shape) || len(t.Shape) == 0 || !slices.Equal(t.Shape[1:], v.Shape[1:]) || t.Shape[0] < 1 {
			return 0, fmt.Errorf("input %q has the shape %v, the tensor %v", v.Name, v.Shape, t.Shape)
		}
		if i > 0 && items != t.Shape[0] {
			return 0, fmt.Errorf("input %q has %d items, another %d", v.Name, t.Shape[0], items)
		}
		items = t.Shape[0]
	}
	return items, nil
}

// item is the k-th of the items of a tensor, as numbers.
func item(t *graph.Tensor, k, items int) []float32 {
	if t.DType == graph.Float32 {
		n := len(t.F) / items
		return t.F[k*n : (k+1)*n]
	}
	n := len(t.I) / items
	x := make([]float32, n)
	for i, v := range t.I[k*n : (k+1)*n] {
		x[i] = float32(v)
	}
	return x
}

// output is one tensor as --json prints it.
type output struct {
	Name  string   `json:"name"`
	Type  string   `json:"type"`
	Shape []int    `json:"shape"`
	Data  []number `json:"data"`
}

// number is a float32 that JSON may not know: NaN and the infinities are strings.
type number float32

func (x number) MarshalJSON() ([]byte, error) {
	s := strconv.FormatFloat(float64(x), 'g', -1, 32)
	if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
		s = strconv.Quote(s)
	}
	return []byte(s), nil
}

func printOutputs(c console, g *graph.Graph, outputs []*graph.Tensor, asJSON bool) error {
	var doc struct {
		Outputs []output `json:"outputs"`
		Notes   []string `json:"notes,omitempty"`
	}
	doc.Notes = g.Notes
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "output\tshape\tmin\tmax\tmean\tlargest at")
	for i, t := range outputs {
		v := g.Values[g.Outputs[i]]
		x := item(t, 0, 1)
		if asJSON {
			o := output{Name: v.Name, Type: v.DType.String(), Shape: t.Shape, Data: make([]number, len(x))}
			for k := range x {
				o.Data[k] = number(x[k])
			}
			doc.Outputs = append(doc.Outputs, o)
			continue
		}
		s := summarize(x)
		show(w, "%s\t%s\t%g\t%g\t%g\t%d\n", v.Name, dims(t.Shape), s.lo, s.hi, s.mean, s.at)
	}
	if asJSON {
		return printJSON(c.out, doc)
	}
	for _, n := range g.Notes {
		show(w, "note\t%s\n", n)
	}
	return w.Flush()
}

// summary describes the numbers of a tensor.
type summary struct {
	lo, hi float32
	mean   float64
	at     int // of the first largest number
}

func summarize(x []float32) summary {
	s := summary{lo: float32(math.NaN()), hi: float32(math.NaN()), mean: math.NaN(), at: -1}
	if len(x) == 0 {
		return s
	}
	s.lo, s.hi, s.mean, s.at = x[0], x[0], 0, 0
	for i, v := range x {
		if v > s.hi {
			s.at = i
		}
		s.lo, s.hi = min(s.lo, v), max(s.hi, v)
		s.mean += float64(v) / float64(len(x))
	}
	return s
}
