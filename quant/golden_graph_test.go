package quant_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
)

// MQBench's graphs are torch.fx listings of modules, ours are ONNX nodes. The two are laid over each
// other along the data: a module with a quantized weight is the ONNX node that reads the initializer
// of that path; any other is the one node, not yet taken, that reads the same values.

// torchNode is one line of a torch.fx listing.
type torchNode struct {
	name, op, target string
	args             []string // the nodes it reads
}

const quantizerSuffix = "_post_act_fake_quantizer"

var (
	torchLine = regexp.MustCompile(`^%(\w+) (?:: \S+ )?(?:: )?\[#users=\d+\] = (placeholder|get_attr|call_module|call_function|call_method)\[target=([\w.]+)\](?:\(args = (.*), kwargs = .*\))?$`)
	torchName = regexp.MustCompile(`%(\w+)`)
)

// parseTorch reads a listing into its nodes and the name of what it returns.
func parseTorch(text string) (nodes []torchNode, output string, err error) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "return "); ok {
			return nodes, rest, nil
		}
		m := torchLine.FindStringSubmatch(line)
		if m == nil {
			return nil, "", fmt.Errorf("not understood: %s", line)
		}
		n := torchNode{name: m[1], op: m[2], target: m[3]}
		for _, a := range torchName.FindAllStringSubmatch(m[4], -1) {
			n.args = append(n.args, a[1])
		}
		nodes = append(nodes, n)
	}
	return nil, "", fmt.Errorf("nothing is returned")
}

// alias tells of modules that have no node in the ONNX file: padding that is part of the convolution
// behind it, and what does nothing in evaluation mode. MQBench quantizes padding's output where we
// quantize its input, which is the same: padding adds zeros, and every range contains zero.
func alias(n torchNode) bool {
	return n.target == "pad" || strings.HasSuffix(n.target, ".pad") || // ZeroPad2d
		strings.HasSuffix(n.target, "stochastic_depth") || n.target == "classifier.0" || n.target == "dr" // Dropout
}

// overlay gives the value that each torch node makes.
func overlay(p *prepare.Prepared, nodes []torchNode) (map[string]graph.ValueID, error) {
	g := p.Graph
	modules := map[string]int{} // by path: index into p.Modules
	inModule := make([]bool, len(g.Nodes))
	for i, m := range p.Modules {
		modules[m.Path] = i
		for _, n := range m.Nodes {
			inModule[n] = true
		}
	}
	consumers, taken := g.Consumers(), make([]bool, len(g.Nodes))
	at := map[string]graph.ValueID{}
	for _, n := range nodes {
		var reads []graph.ValueID
		for _, a := range n.args {
			v, ok := at[a]
			if !ok {
				return nil, fmt.Errorf("%s reads %s, which is unknown", n.name, a)
			}
			reads = append(reads, v)
		}
		if len(reads) == 0 {
			at[n.name] = g.Inputs[0]
			if n.op == "get_attr" {
				at[n.name] = graph.ValueID(slices.IndexFunc(g.Values, func(v graph.Value) bool { return v.Name == n.target }))
			}
			continue
		}
		if strings.HasSuffix(n.name, quantizerSuffix) {
			at[n.name] = reads[0]
			continue
		}
		if i, ok := modules[n.target]; ok {
			first, last := g.Nodes[p.Modules[i].Nodes[0]], g.Nodes[p.Modules[i].Nodes[len(p.Modules[i].Nodes)-1]]
			if !slices.Equal(first.Inputs[:1], reads) && !(p.Modules[i].Name != first.Name && readsImage(g, first, reads)) {
				return nil, fmt.Errorf("%s reads %v, %s reads %v", n.name, reads, first.Name, first.Inputs[:1])
			}
			at[n.name] = last.Outputs[0]
			continue
		}
		reads = slices.DeleteFunc(reads, func(v graph.ValueID) bool { return g.Values[v].Const != nil })
		var candidates, own []int
		for _, c := range consumers[reads[0]] {
			if !taken[c] && !inModule[c] && !slices.Contains(candidates, c) && sameValues(activationInputs(g, c), reads) {
				candidates = append(candidates, c)
				if n.op == "call_module" && fuse.Scope(g.Nodes[c].Name) == n.target {
					own = append(own, c)
				}
			}
		}
		if len(own) > 0 {
			candidates = own
		}
		switch {
		case len(candidates) == 1:
			last := candidates[0]
			taken[last] = true
			if n.target == "operator.getitem" { // x[:, :, ::2, ::2] is one call and a Slice for each axis
				for c := consumers[g.Nodes[last].Outputs[0]]; len(c) == 1 && g.Nodes[c[0]].Op.Type() == "Slice"; c = consumers[g.Nodes[last].Outputs[0]] {
					last = c[0]
					taken[last] = true
				}
			}
			if len(own) > 0 { // a module may be several nodes
				for c := consumers[g.Nodes[last].Outputs[0]]; len(c) == 1 && fuse.Scope(g.Nodes[c[0]].Name) == n.target; c = consumers[g.Nodes[last].Outputs[0]] {
					last = c[0]
					taken[last] = true
				}
			}
			at[n.name] = g.Nodes[last].Outputs[0]
		case len(candidates) == 0 && alias(n):
			at[n.name] = reads[0]
		default:
			return nil, fmt.Errorf("%s (%s): %d nodes read %v", n.name, n.target, len(candidates), reads)
		}
	}
	for n := range g.Nodes {
		if !taken[n] && !inModule[n] && !strings.HasSuffix(g.Nodes[n].Name, "_image") {
			return nil, fmt.Errorf("node %s has no counterpart in MQBench's graph", g.Nodes[n].Name)
		}
	}
	return at, nil
}

// readsImage tells whether a convolution of an image of height 1 reads the values, as package onnx writes one in
// one dimension.
func readsImage(g *graph.Graph, conv graph.Node, reads []graph.ValueID) bool {
	image := g.Producers()[conv.Inputs[0]]
	return image >= 0 && strings.HasSuffix(g.Nodes[image].Name, "_image") && slices.Equal(g.Nodes[image].Inputs[:1], reads)
}

func activationInputs(g *graph.Graph, n int) []graph.ValueID {
	var in []graph.ValueID
	for _, v := range g.Nodes[n].Inputs {
		if v != graph.None && g.Values[v].Const == nil {
			in = append(in, v)
		}
	}
	return in
}

func sameValues(a, b []graph.ValueID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// goldenQuantizer is one entry of config*_qparams.json.
type goldenQuantizer struct {
	Name      string
	Kind      string
	QuantMin  int32     `json:"quant_min"`
	QuantMax  int32     `json:"quant_max"`
	Axis      int       `json:"ch_axis"`
	Scale     []float32 `json:"scale"`
	ZeroPoint []float32 `json:"zero_point"`
	Min       []float32 `json:"min_val"`
}

// matchQuantizers checks that the quantizers sit at the same places and gives MQBench's for each of
// ours.
func matchQuantizers(t *testing.T, p *prepare.Prepared, listing string, golden []goldenQuantizer) []goldenQuantizer {
	t.Helper()
	nodes, output, err := parseTorch(listing)
	if err != nil {
		t.Fatal(err)
	}
	at, err := overlay(p, nodes)
	if err != nil {
		t.Fatal(err)
	}
	if at[output] != p.Graph.Outputs[0] {
		t.Errorf("MQBench returns %s, which is not our output", output)
	}
	quantized := map[string]string{} // torch node to its quantizer
	for _, n := range nodes {
		if strings.HasSuffix(n.name, quantizerSuffix) {
			quantized[n.args[0]] = n.name
		}
	}
	for _, n := range nodes {
		for _, a := range n.args {
			if q := quantized[a]; q != "" && q != n.name {
				t.Errorf("MQBench: %s reads %s past its quantizer; ours sees it quantized", n.name, a)
			}
		}
	}
	ours := map[graph.ValueID]int{}
	byName := map[string]int{}
	for i, q := range p.Quantizers {
		if q.Weight {
			byName[q.Name] = i
		} else {
			ours[q.Value] = i
		}
	}
	matched, seen := make([]goldenQuantizer, len(p.Quantizers)), make([]bool, len(p.Quantizers))
	for _, q := range golden {
		i, ok := byName[q.Name]
		if q.Kind == "activation" {
			v, known := at[q.Name]
			if !known {
				t.Errorf("%s is not in MQBench's own listing", q.Name)
				continue
			}
			i, ok = ours[v]
		}
		if !ok {
			t.Errorf("MQBench has the quantizer %s, we have none there", q.Name)
			continue
		}
		if seen[i] {
			t.Errorf("%s falls on a place already taken, %s", q.Name, p.Quantizers[i].Name)
		}
		matched[i], seen[i] = q, true
	}
	for i, q := range p.Quantizers {
		if !seen[i] {
			t.Errorf("we have the quantizer %s, MQBench has none there", q.Name)
		}
	}
	return matched
}
