package export

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/scheme"
)

// writeNNIE gives <name>_deploy_model.onnx, its weights clipped and Resize written as Upsample, and
// <name>_gfpq_param_dict.json: {"nnie": {"gfpq_param_dict": {node: [greatest magnitude observed
// of each input]}}}. Operators that NNIE gives no numbers, and convolutions in groups, are left out; of an
// Upsample there is the first input only, and once more under the name of the Permute that NNIE puts
// behind it.
func writeNNIE(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	for i, q := range c.Quantizers {
		if c.Params[i].Grid != scheme.Log2 {
			return nil, nil, refuse("%s is quantized by %q, where the format takes the codes of \"nnie\"", q.Name, q.FakeQuant)
		}
	}
	g := deployed(c)
	model, notes, err := deployFile(ctx, name+"_deploy_model.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	if model.Bytes, err = upsampled(model.Bytes, g); err != nil {
		return nil, nil, err
	}
	o := object{{"nnie", object{{"gfpq_param_dict", gfpq(c, g)}}}}
	doc := o.document()
	if err := sameDocument(doc, o); err != nil {
		return nil, nil, fmt.Errorf("the numbers do not read back: %w", err)
	}
	return []File{model, {name + "_gfpq_param_dict.json", doc}}, notes, nil
}

func gfpq(c *calibrate.Calibrated, g *graph.Graph) object {
	most := make([]float32, len(g.Values))
	for _, r := range activationRanges(c, g) {
		_, most[r.value] = covered(r.params, 0)
	}
	var o object
	upsamples := 0
	for _, n := range g.Nodes {
		inputs := n.Inputs
		switch op := n.Op.(type) {
		case graph.Reshape, graph.Relu, graph.PRelu, graph.Sigmoid, graph.Softmax, graph.Clip, graph.GlobalAveragePool, graph.Mul:
			continue
		case graph.Conv:
			if op.Group != 1 {
				continue
			}
		case graph.Resize:
			inputs = inputs[:1]
		}
		var limits []float32
		for _, v := range inputs {
			if v != graph.None && most[v] > 0 {
				limits = append(limits, most[v])
			}
		}
		if len(limits) == 0 {
			continue
		}
		o = append(o, member{n.Name, limits})
		if _, ok := n.Op.(graph.Resize); ok {
			o = append(o, member{fmt.Sprintf("%s_permute_%d", n.Name, upsamples), limits})
			upsamples++
		}
	}
	return o
}

// upsampled writes Resize nodes as Upsample, which reads the scales of all axes, and reads them back.
func upsampled(file []byte, g *graph.Graph) ([]byte, error) {
	m, err := onnx.Decode(file)
	if err != nil {
		return nil, err
	}
	scales := map[string][]float32{} // by node
	for _, n := range g.Nodes {
		op, ok := n.Op.(graph.Resize)
		if !ok {
			continue
		}
		at := slices.IndexFunc(m.Graph.Nodes, func(w onnx.Node) bool { return w.Name == n.Name && w.OpType == "Resize" })
		if at < 0 {
			return nil, fmt.Errorf("node %q is not in its own file", n.Name)
		}
		w, constant := &m.Graph.Nodes[at], n.Name+"_upsample_scales"
		scales[n.Name] = []float32{1, 1, op.Scale[0], op.Scale[1]}
		m.Graph.Initializers = append(m.Graph.Initializers, onnx.FromFloats(constant, []int64{4}, scales[n.Name]))
		w.OpType, w.Inputs = "Upsample", []string{w.Inputs[0], constant}
		w.Attrs = slices.DeleteFunc(w.Attrs, func(a onnx.Attr) bool { return a.Name != "mode" })
	}
	if len(scales) == 0 {
		return file, nil
	}
	file = onnx.Encode(m)
	return file, rereadUpsamples(file, scales)
}

// rereadUpsamples finds the nodes in the file, with the scales they were written with, and no Resize.
func rereadUpsamples(file []byte, scales map[string][]float32) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	found := 0
	for _, n := range m.Graph.Nodes {
		switch n.OpType {
		case "Resize":
			return fmt.Errorf("node %q is still a Resize", n.Name)
		case "Upsample":
			at := slices.IndexFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == n.Inputs[1] })
			if at < 0 {
				return fmt.Errorf("node %q reads %q, which is not there", n.Name, n.Inputs[1])
			}
			got, err := m.Graph.Initializers[at].Floats(nil)
			if err != nil {
				return err
			}
			if !slices.Equal(got, scales[n.Name]) {
				return fmt.Errorf("node %q has scales %v, not %v", n.Name, got, scales[n.Name])
			}
			found++
		}
	}
	if found != len(scales) {
		return fmt.Errorf("it has %d Upsample nodes, not %d", found, len(scales))
	}
	return nil
}
