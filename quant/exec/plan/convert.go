package plan

import "github.com/quantscope/quantscope/quant/graph"

// convert gives steps on floats values of floats in place of those that are stored as codes, which they
// read and make: rounding before and after is the arithmetic of the run on floats, so that a network may
// mix both.
func convert(p *Plan) error {
	for i := range p.Steps {
		s := &p.Steps[i]
		if !s.Integer {
			floats := map[graph.ValueID]graph.ValueID{}
			for k, v := range s.Inputs {
				if v == graph.None || p.Codes[v] == nil {
					continue
				}
				if _, ok := floats[v]; !ok {
					floats[v] = p.floatsOf(v)
					s.Decode = append(s.Decode, Conversion{v, floats[v]})
				}
				s.Inputs[k] = floats[v]
			}
		}
		if s.Coded >= 0 {
			continue
		}
		for k, v := range s.Outputs {
			if v != graph.None && p.Codes[v] != nil {
				s.Outputs[k] = p.floatsOf(v)
				s.Encode = append(s.Encode, Conversion{s.Outputs[k], v})
			}
		}
	}
	return nil
}

// floatsOf adds a value like v, which is floats and nobody else's.
func (p *Plan) floatsOf(v graph.ValueID) graph.ValueID {
	id := graph.ValueID(len(p.Graph.Values))
	p.Graph.Values = append(p.Graph.Values, p.Graph.Values[v])
	p.Codes, p.Quants, p.orders = append(p.Codes, nil), append(p.Quants, nil), append(p.orders, p.orders[v])
	return id
}
