package exec
import "github.com/quantscope/quantscope/quant/graph"
func codes(g *graph.Graph, c Config) []*Quant { return make([]*Quant, len(g.Values)) }
func sameCodes(a, b *Quant) bool { return false }
type shadow struct { layout layout; at uint32 }
func (l *lowerer) integer(s *step) bool { return false }
func (l *lowerer) floatStep(s *step) error { if err := l.operator(s); err != nil { return err }; for _, v := range l.outputs(s) { l.clearHalo(v) }; return nil }
