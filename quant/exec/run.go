package exec

import "context"

// run runs the program. Nobody waits for a kernel that has begun when ctx ends: a call may take minutes. Who can
// not be told to end runs as ever.
func (r *Runner) run(ctx context.Context) error {
	switch {
	case ctx.Done() == nil && len(r.image.Twins) == 0:
		return r.eng.Run(r.image.Program, r.image.Calls)
	case ctx.Done() == nil:
		return r.twins(ctx)
	}
	ran := make(chan error, 1)
	go func() { ran <- r.twins(ctx) }()
	select {
	case err := <-ran:
		return err
	case <-ctx.Done():
		r.left = ran
		return ctx.Err()
	}
}

// stretch makes the calls [from, to) until ctx ends.
func (r *Runner) stretch(ctx context.Context, from, to uint32) error {
	return r.eng.RunUntil(ctx, r.image.Program, r.image.Offsets[from:to])
}

// Close frees the memory, that of a run which was left as soon as the call that it is in has ended.
func (r *Runner) Close() error {
	if r.left == nil {
		return r.eng.Close()
	}
	go func() {
		<-r.left
		r.eng.Close()
	}()
	return nil
}
