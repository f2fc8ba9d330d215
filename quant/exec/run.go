package exec

import "context"

// polled is how many calls of a program are made before it is asked whether its context has ended: crossing into
// WebAssembly takes a microsecond, few calls take less than ten.
const polled = 16

// run runs the program. Nobody waits for a kernel that has begun when ctx ends: a call may take minutes. Who can
// not be told to end runs as ever.
func (r *Runner) run(ctx context.Context) error {
	if ctx.Done() == nil {
		return r.eng.Run(r.image.Program, r.image.Calls)
	}
	ran := make(chan error, 1)
	go func() { ran <- r.calls(ctx) }()
	select {
	case err := <-ran:
		return err
	case <-ctx.Done():
		r.left = ran
		return ctx.Err()
	}
}

// calls makes the calls until ctx ends.
func (r *Runner) calls(ctx context.Context) error {
	for i := uint32(0); i < r.image.Calls; i += polled {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.eng.Run(r.image.Program+r.image.Offsets[i], min(polled, r.image.Calls-i)); err != nil {
			return err
		}
	}
	return nil
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
