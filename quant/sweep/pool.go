package sweep

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// tries is how often a step is begun whose process ends in it.
const tries = 3

// Pool are processes that do steps, each one at a time. One that ends in a step, because memory ran out or somebody
// ended it, takes nothing with it: another begins the step anew.
type Pool struct {
	start func() *exec.Cmd
	free  chan *process // nil stands for one that has yet to be started
	size  int
}

// NewPool is of size processes, which start gives and which Serve.
func NewPool(size int, start func() *exec.Cmd) *Pool {
	c := &Pool{start: start, free: make(chan *process, size), size: size}
	for range size {
		c.free <- nil
	}
	return c
}

// process is one of them.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// reply is what a process says to a step.
type reply struct {
	Done  Done   `json:"done"`
	Error string `json:"error"` // of Worker.Do
}

// Do does a step as Worker.Do does, once a process is free.
func (c *Pool) Do(ctx context.Context, k Work) (Done, error) {
	var p *process
	select {
	case p = <-c.free:
	case <-ctx.Done():
		return Done{}, ctx.Err()
	}
	defer func() { c.free <- p }()
	for range tries {
		if p == nil {
			var err error
			if p, err = c.begin(); err != nil {
				return Done{}, err
			}
		}
		stop := context.AfterFunc(ctx, func() { p.cmd.Process.Kill() })
		r, err := p.do(k)
		stop()
		if err == nil && r.Error != "" {
			return r.Done, errors.New(r.Error)
		}
		if err == nil {
			return r.Done, nil
		}
		p.end()
		p = nil
		if ctx.Err() != nil {
			return Done{}, ctx.Err()
		}
	}
	return Done{Failed: fmt.Sprintf("the process that ran it ended %d times before it was done: most likely the machine has too little memory for it", tries)}, nil
}

func (c *Pool) begin() (*process, error) {
	cmd := c.start()
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("a worker cannot be started: %w", err)
	}
	return &process{cmd, in, bufio.NewReader(out)}, nil
}

func (p *process) do(k Work) (r reply, err error) {
	if err = json.NewEncoder(p.in).Encode(k); err != nil {
		return r, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(line, &r)
}

func (p *process) end() {
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// Close ends the processes once each has done its step.
func (c *Pool) Close() {
	for range c.size {
		if p := <-c.free; p != nil {
			p.end()
		}
	}
}

// Serve does the steps that come in, one a line, until there are no more. Where in ends in the middle of a step, the
// step is given up: nobody waits for it.
func Serve(ctx context.Context, w *Worker, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	steps := make(chan Work)
	ended := make(chan error, 1)
	go func() {
		defer close(steps)
		defer cancel()
		d := json.NewDecoder(in)
		for {
			var k Work
			if err := d.Decode(&k); err != nil {
				if !errors.Is(err, io.EOF) {
					ended <- err
				}
				return
			}
			steps <- k
		}
	}()
	for k := range steps {
		var r reply
		var err error
		if r.Done, err = w.Do(ctx, k); err != nil {
			r.Error = err.Error()
		}
		if err := json.NewEncoder(out).Encode(r); err != nil {
			return err
		}
	}
	select {
	case err := <-ended:
		return err
	default:
		return nil
	}
}
