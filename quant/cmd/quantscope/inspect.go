package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/fuse"
	what "github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/phrase"
)

// inspection is what inspect prints: of the network, and with data of what it sees.
type inspection struct {
	what.Network
	Modules []module     `json:"modules"`
	Data    *what.Data   `json:"data,omitempty"`
	Preview []what.Input `json:"preview,omitempty"`
	Layer   *layer       `json:"layer,omitempty"`
}

// module is what quantization sees as one layer.
type module struct {
	Name string `json:"name"` // of the convolution or linear layer
	Path string `json:"path"` // in PyTorch, as far as the file tells
	Kind string `json:"kind"`
	QAT  string `json:"qat"` // what MQBench puts in its place for quantization-aware training; empty for nothing
}

// describe tells what is in a network.
func describe(m *quant.Model) inspection {
	i := inspection{Network: look.Network(m), Modules: []module{}}
	for _, m := range fuse.Find(m.Graph, false) {
		i.Modules = append(i.Modules, module{Name: m.Name, Path: m.Path, Kind: m.Kind, QAT: fuse.QAT(m.Kind)})
	}
	return i
}

// layer is what --layer asks for.
type layer struct {
	Name       string           `json:"name"`
	Quantizers []what.Quantizer `json:"quantizers"`
	what.Layer
}

func inspect(ctx context.Context, c console, args []string) error {
	f := newFlags("inspect", "MODEL.onnx [DATA...]", "Tells a network's inputs, outputs, operators and nodes, as they are run: constants folded,\n"+
		"shapes inferred, Sigmoid·x and the like recognised; and its modules with what MQBench replaces them by\n"+
		"for quantization-aware training. With DATA, as for quantize, it tells what the float network sees and\n"+
		"answers on a few items, and with --layer how one layer's numbers spread over the codes that calibration gives them.")
	jf := newJobFlags(f)
	name := f.String("layer", "", "look into the layer of that `NAME`")
	rest, err := f.parse(c.out, args, 1, -1)
	if err != nil {
		return err
	}
	i := inspection{}
	if len(rest) == 1 {
		f.Visit(func(g *flag.Flag) {
			if g.Name != "shape" && g.Name != "json" {
				err = f.wrong(fmt.Sprintf("--%s needs data: name it behind the network", g.Name))
			}
		})
	}
	if err != nil {
		return err
	}
	if len(rest) == 1 {
		m, err := openModel(rest[0], jf.shapes)
		if err != nil {
			return err
		}
		i = describe(m)
	} else if i, err = inspectData(ctx, c, jf, rest, *name); err != nil {
		return err
	}
	if *f.json {
		return printJSON(c.out, i)
	}
	return i.print(c)
}

// inspectData tells what a network sees of its data, and of the layer.
func inspectData(ctx context.Context, c console, jf jobFlags, rest []string, name string) (inspection, error) {
	r, err := jf.recipe()
	if err != nil {
		return inspection{}, err
	}
	j, err := jf.job(r, rest[0], rest[1:])
	if err == nil {
		j, err = j.Afford(ctx, quant.Memory.Quantizing)
	}
	if err != nil {
		return inspection{}, err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	j.Progress = bar.step
	data := look.Data(j.Data)
	i := describe(j.Model)
	i.Data = &data
	v, err := look.NewViewer(ctx, j.Model, j.Pool, j.Workers)
	if err != nil {
		return i, err
	}
	defer v.Close()
	p, err := v.Preview(ctx, j)
	if err != nil {
		return i, err
	}
	i.Preview = p.Inputs
	if name != "" {
		i.Layer, err = inspectLayer(ctx, j, name)
	}
	return i, err
}

// inspectLayer calibrates the network and looks into one of its layers.
func inspectLayer(ctx context.Context, j quant.Job, name string) (*layer, error) {
	cal, err := quant.Calibrate(ctx, j)
	if err != nil {
		return nil, err
	}
	all, placed := look.Quantizers(cal)
	var names []string
	for at, m := range cal.Modules {
		if m.Name != name {
			names = append(names, m.Name)
			continue
		}
		out := &layer{Name: name}
		s := look.Subject{Prepared: &cal.Prepared, Float: cal.Float, Layer: at}
		if w := placed[at].Weight; w >= 0 {
			s.Weight, out.Quantizers = &all[w].Params, append(out.Quantizers, all[w])
		}
		if x := placed[at].Input; x >= 0 {
			s.Input, out.Quantizers = &all[x].Params, append(out.Quantizers, all[x])
		}
		return out, look.Layer(ctx, j, s, func(l what.Layer, _ bool) { out.Layer = l })
	}
	if len(names) == 0 {
		return nil, errors.New("the network has no layers that can be quantized")
	}
	return nil, fmt.Errorf("the network has no layer %q; its layers are %s", name, few(names))
}

func (i inspection) print(c console) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "%s\t%s, %d parameters\n", i.Name, size(i.Bytes), i.Params)
	show(w, "SHA-256\t%s\n", i.SHA256)
	for _, p := range i.Inputs {
		show(w, "input\t%s\n", port(p))
	}
	for _, p := range i.Outputs {
		show(w, "output\t%s\n", port(p))
	}
	var ops []string
	for _, o := range i.Ops {
		ops = append(ops, fmt.Sprintf("%s ×%d", o.Op, o.Count))
	}
	show(w, "operators\t%s\n", strings.Join(ops, ", "))
	for _, n := range i.Notes {
		show(w, "note\t%s\n", n)
	}
	if i.Data == nil && len(i.Modules) > 0 {
		show(w, "\nmodule\tkind\tfor training\n")
		for _, m := range i.Modules {
			show(w, "%s\t%s\t%s\n", m.Path, m.Kind, cmp.Or(m.QAT, "-"))
		}
	}
	if i.Data == nil {
		show(w, "\nnode\toperator\toutput\tparameters\n")
		for _, n := range i.Nodes {
			show(w, "%s\t%s\t%s\t%d\n", n.Name, n.Op, dims(n.Shape), n.Params)
		}
		return w.Flush()
	}
	show(w, "data\t%s, %d labelled\n", phrase.Plural(i.Data.Items, "item", "items"), i.Data.Labelled)
	for _, n := range i.Data.Notes {
		show(w, "note\t%s\n", n)
	}
	show(w, "\nitem\tlabel\tinput\tfloat network answers\n")
	for _, in := range i.Preview {
		label := "none"
		if in.Label >= 0 {
			label = phrase.Class(in.Label, in.LabelName)
		}
		var answers []string
		for _, a := range in.Answers {
			answers = append(answers, phrase.Class(a.Class, a.Name)+" "+phrase.Percent(a.Share))
		}
		show(w, "%s\t%s\t%s … %s\t%s\n", in.Name, label, phrase.Rough(in.Min), phrase.Rough(in.Max), strings.Join(answers, ", "))
	}
	if i.Layer != nil {
		i.Layer.print(w)
	}
	return w.Flush()
}

func (l *layer) print(w *tabwriter.Writer) {
	show(w, "\nlayer\t%s\n", l.Name)
	for _, q := range l.Quantizers {
		kind := "input"
		if q.Weight {
			kind = "weight"
		}
		show(w, "%s quantizer\t%s\n", kind, phrase.QParams(q.Scheme, q.Params))
	}
	if l.Weight != nil {
		show(w, "weight\t%s\n", phrase.Weight(*l.Weight, l.Quantizers[0].Params))
	}
	if l.Input != nil {
		show(w, "input %s\t%s\n", l.Tensor, phrase.Activation(*l.Input))
	}
}

func port(p what.Port) string {
	shape := dims(p.Shape)
	if p.Batch {
		shape = "[N" + strings.TrimPrefix(shape, "[1")
	}
	return fmt.Sprintf("%s %s %s", p.Name, p.Type, shape)
}
