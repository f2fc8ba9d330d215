package recipe

import (
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
)

// rename gives backend, observers and fake-quantizers that go by MQBench's names their names here:
// "OPENVINO", "EMAMinMaxObserver", "LearnableFakeQuantize". Other names stay for Validate.
func (r *Recipe) rename() {
	if b, ok := backend.Of(r.Backend); ok {
		r.Backend = b.Name
	}
	r.Weight.rename()
	r.Activation.rename()
	for _, o := range r.Overrides {
		for _, q := range []*Quantizer{o.Weight, o.Activation} {
			if q != nil {
				q.rename()
			}
		}
	}
}

func (q *Quantizer) rename() {
	for _, k := range observer.Kinds() {
		if k.MQBench != "" && k.MQBench == q.Observer {
			q.Observer = k.Name
		}
	}
	for _, k := range fakequant.Kinds() {
		if k.MQBench == q.FakeQuant {
			q.FakeQuant = k.Name
		}
	}
}
