package export

import (
	"context"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// writeSophgo gives <name>_deploy_model.onnx and the two tables of tpu-mlir. The calibration table has
// a line "op threshold min max" for each activation, an op being a tensor and the operator that makes
// it; after #weight_scale a line for each weight, "op_weight n scales… n zero_points…", the op of a
// convolution that a ReLU follows being the ReLU. The quantization table has the mode of each op.
func writeSophgo(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	g := deployed(c)
	model, notes, err := deployFile(ctx, name+"_deploy_model.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	s := sophgo{g, g.Producers(), g.Consumers()}
	cali, q := table{separator: " "}, table{separator: " "}
	cali.remark(" work_mode:QAT_all_int8 #Automatically generated, do not modify, work_mode choice:[QAT_all_int8, int4_and_int8_mix, int4_and_int8_mix_no_fc]")
	cali.remark(" op_name    threshold    min    max")
	q.remark(" qtable from sophgo_mq")
	q.remark(" op_name  quantize_mode")
	var int4, weights []row
	layers := inLayers(c)
	for _, r := range s.ranges(c) {
		if r.params.Axis >= 0 {
			return nil, nil, refuse("tensor %q has a scale for each channel, where the format takes one for the tensor", r.name)
		}
		lo, hi := r.params.Reach(0)
		line := row{name: s.op(r.value), numbers: []any{bound(r.params), lo, hi}}
		switch {
		case r.params.Grid == scheme.BF16 || r.params.Grid == scheme.FP16: // no threshold
		case bitwidth(r.params) <= 4:
			int4 = append(int4, line)
		default:
			cali.rows = append(cali.rows, line)
		}
		if n := s.producer[r.value]; c.Recipe.BF16Mix && n >= 0 && !layers[g.Nodes[n].Name] {
			q.row(s.op(r.value), "BF16")
		} else {
			q.row(s.op(r.value), mode(r.params))
		}
	}
	for i, quantizer := range c.Quantizers {
		op, ok := s.weightOp(quantizer.Value)
		if !quantizer.Weight || !ok {
			continue
		}
		p := c.Params[i]
		if p.Block > 0 {
			return nil, nil, refuse("%s has a scale for each block of %d inputs, where the format takes one for each channel", quantizer.Name, p.Block)
		}
		numbers := []any{len(p.Scale)}
		for _, x := range p.Scale {
			numbers = append(numbers, x)
		}
		numbers = append(numbers, len(p.ZeroPoint))
		for _, z := range p.ZeroPoint {
			numbers = append(numbers, z)
		}
		weights = append(weights, row{name: op + "_weight", numbers: numbers})
		q.row(op+"_weight", mode(p))
	}
	cali.remark("int4_th")
	cali.rows = append(cali.rows, int4...)
	cali.remark("weight_scale")
	cali.rows = append(cali.rows, weights...)
	caliDoc, err := cali.document()
	if err != nil {
		return nil, nil, err
	}
	qDoc, err := q.document()
	if err != nil {
		return nil, nil, err
	}
	return []File{
		model,
		{name + "_cali_table_from_sophgo_mq_sophgo_tpu", caliDoc},
		{name + "_q_table_from_sophgo_mq_sophgo_tpu", qDoc},
	}, notes, nil
}

// sophgo is the deploy model with its arrows both ways.
type sophgo struct {
	g        *graph.Graph
	producer []int
	readers  [][]int
}

// inLayers are the nodes, by name, of layers with weights.
func inLayers(c *calibrate.Calibrated) map[string]bool {
	names := map[string]bool{}
	for _, m := range c.Modules {
		if _, ok := c.Graph.Nodes[m.Nodes[0]].Op.(graph.Weighted); ok {
			for _, n := range m.Nodes {
				names[c.Graph.Nodes[n].Name] = true
			}
		}
	}
	return names
}

// op is what tpu-mlir calls the operator that makes a value.
func (s sophgo) op(v graph.ValueID) string {
	name := s.g.Values[v].Name
	if n := s.producer[v]; n >= 0 {
		name += "_" + s.g.Nodes[n].Op.Type()
	}
	return name
}

// weightOp is the op of the layer that reads a weight, the ReLU it is fused with where there is one.
func (s sophgo) weightOp(weight graph.ValueID) (string, bool) {
	for _, r := range s.readers[weight] {
		n := s.g.Nodes[r]
		if _, ok := n.Op.(graph.Weighted); !ok || n.Inputs[1] != weight {
			continue // a bias
		}
		out := n.Outputs[0]
		if len(s.readers[out]) == 1 {
			next := s.g.Nodes[s.readers[out][0]]
			if _, ok := next.Op.(graph.Relu); ok {
				out = next.Outputs[0]
			}
		}
		return s.op(out), true
	}
	return "", false
}

// ranges are those of the activations; what moving elements about makes, and has none, takes it from
// what it moves, or from what it is moved to.
func (s sophgo) ranges(c *calibrate.Calibrated) []tensorRange {
	ranges := activationRanges(c, s.g)
	at := map[graph.ValueID]int{}
	for i, r := range ranges {
		at[r.value] = i
	}
	for _, n := range s.g.Nodes {
		switch n.Op.(type) {
		case graph.Reshape, graph.Resize, graph.Transpose:
			in, out := n.Inputs[0], n.Outputs[0]
			if i, ok := at[in]; ok {
				if _, has := at[out]; !has {
					at[out] = len(ranges)
					ranges = append(ranges, tensorRange{s.g.Values[out].Name, out, ranges[i].params})
				}
			}
		}
	}
	return ranges
}

// mode is tpu-mlir's name of a kind of codes.
func mode(p scheme.QParams) string {
	switch {
	case p.Grid == scheme.BF16:
		return "BF16"
	case p.Grid == scheme.FP16:
		return "F16"
	case !p.Grid.Whole():
		return "FP8"
	case bitwidth(p) <= 4:
		return "INT4"
	case p.QMin == 0:
		return "UINT8"
	}
	return "INT8"
}
