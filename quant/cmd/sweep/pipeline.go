package main

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/quantscope/quantscope/quant/sweep"
)

func init() {
	register.DoFn3x1[context.Context, string, func(string, string), error](&beginFn{})
	register.DoFn4x1[context.Context, string, string, func(string, string), error](&partFn{})
	register.DoFn3x1[context.Context, string, func(*string) bool, error](&finishFn{})
	register.Emitter2[string, string]()
	register.Iter1[string]()
}

// build makes the pipeline: rows are begun, their parts run wherever there is room, and what belongs to a row is
// grouped and put together. What steps make goes by the sweep's folder; what Beam moves is a row and its key.
func build(scope beam.Scope, s settings, rows []sweep.Row) error {
	list := make([]string, len(rows))
	for i, row := range rows {
		doc, err := json.Marshal(row)
		if err != nil {
			return err
		}
		list[i] = string(doc)
	}
	all := beam.Reshuffle(scope.Scope("Rows"), beam.CreateList(scope.Scope("Rows"), list))
	parts := beam.Reshuffle(scope.Scope("Spread"), beam.ParDo(scope.Scope("Begin"), &beginFn{stepFn{Settings: s}}, all))
	ran := beam.ParDo(scope.Scope("Parts"), &partFn{stepFn{Settings: s}}, parts)
	beam.ParDo0(scope.Scope("Finish"), &finishFn{stepFn{Settings: s}}, beam.GroupByKey(scope, ran))
	return nil
}

// stepFn hands the elements of a bundle to the machine's pool of processes and waits for them at the bundle's end: whatever bundles a
// runner makes, as many steps run at a time as there are processes.
type stepFn struct {
	Settings settings

	wait   sync.WaitGroup
	mu     sync.Mutex
	failed []error
	emits  [][2]string
}

// pools are those of this process, one for each folder; bundles come and go, processes stay.
var pools sync.Map

// do does a step of a row. then is told what became of it, unless the row has failed.
func (f *stepFn) do(ctx context.Context, k sweep.Work, then func(sweep.Done)) {
	made, ok := pools.Load(f.Settings)
	if !ok {
		made, _ = pools.LoadOrStore(f.Settings, sweep.NewPool(f.Settings.Workers, f.Settings.command))
	}
	f.wait.Go(func() {
		d, err := made.(*sweep.Pool).Do(ctx, k)
		if err == nil && d.Failed != "" {
			err = f.Settings.worker().Store.Fail(ctx, k.Row, d.Failed)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if err != nil {
			f.failed = append(f.failed, err)
		} else if d.Failed == "" {
			then(d)
		}
	})
}

// end waits for a bundle's steps. What they emit is emitted by the bundle's own goroutine.
func (f *stepFn) end(emit func(key, value string)) error {
	f.wait.Wait()
	err, emits := errors.Join(f.failed...), f.emits
	f.failed, f.emits = nil, nil
	if err == nil {
		for _, e := range emits {
			emit(e[0], e[1])
		}
	}
	return err
}

// beginFn begins rows; it emits the parts of each under the row's key.
type beginFn struct{ stepFn }

func (f *beginFn) ProcessElement(ctx context.Context, row string, _ func(string, string)) error {
	k := sweep.Work{Step: sweep.StepBegin}
	if err := json.Unmarshal([]byte(row), &k.Row); err != nil {
		return err
	}
	f.do(ctx, k, func(d sweep.Done) {
		for i := range d.Parts {
			part, err := json.Marshal(sweep.Work{Row: k.Row, Step: sweep.StepPart, Part: i})
			if err != nil {
				f.failed = append(f.failed, err)
			}
			f.emits = append(f.emits, [2]string{k.Row.Key, string(part)})
		}
	})
	return nil
}

func (f *beginFn) FinishBundle(_ context.Context, emit func(string, string)) error {
	return f.end(emit)
}

// partFn runs parts; it emits each again, once it has run.
type partFn struct{ stepFn }

func (f *partFn) ProcessElement(ctx context.Context, key, part string, _ func(string, string)) error {
	var k sweep.Work
	if err := json.Unmarshal([]byte(part), &k); err != nil {
		return err
	}
	f.do(ctx, k, func(sweep.Done) { f.emits = append(f.emits, [2]string{key, part}) })
	return nil
}

func (f *partFn) FinishBundle(_ context.Context, emit func(string, string)) error { return f.end(emit) }

// finishFn puts together the parts of a row.
type finishFn struct{ stepFn }

func (f *finishFn) ProcessElement(ctx context.Context, _ string, parts func(*string) bool) error {
	var part string
	if !parts(&part) {
		return nil
	}
	var k sweep.Work
	if err := json.Unmarshal([]byte(part), &k); err != nil {
		return err
	}
	k.Step = sweep.StepFinish
	f.do(ctx, k, func(sweep.Done) {})
	return nil
}

func (f *finishFn) FinishBundle(context.Context) error { return f.end(nil) }
