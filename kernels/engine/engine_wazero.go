//go:build !js

package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/quantscope/quantscope/kernels/asm"
)

// Engine is a module and its arena. It is for one goroutine at a time.
type Engine struct {
	module  []byte
	pool    *Pool
	runtime wazero.Runtime
	memory  api.Memory
	arena   []byte
	run     api.Function // run, or with threads lead
	dismiss api.Function // nil without threads
	fail    api.Function
	args    [5]uint64
	threads int
	sync    uint32 // address of what threads share, behind the arena
	workers sync.WaitGroup
}

// New compiles a module made by kernels.Module and gives it an arena of memBytes, rounded up to
// pages of 64 KiB, filled with zeros. With a pool of more than one thread the module must be one for
// shared memory.
func New(module []byte, memBytes uint32, p *Pool) (*Engine, error) {
	ctx := context.Background()
	features := api.CoreFeaturesV2
	if p.Threads() > 1 {
		features |= experimental.CoreFeaturesThreads
	}
	e := &Engine{
		runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features)),
		module:  module, pool: p, threads: p.Threads(), sync: pages(memBytes) * pageBytes,
	}
	if err := e.start(ctx, module, pages(memBytes)); err != nil {
		return nil, errors.Join(fmt.Errorf("engine: arena of %d bytes: %w", memBytes, err), e.Close())
	}
	return e, nil
}

// Clone makes an engine of the same module on a copy of the arena.
func (e *Engine) Clone() (*Engine, error) {
	c, err := New(e.module, e.sync, e.pool)
	if err == nil {
		copy(c.arena, e.arena)
	}
	return c, err
}

func (e *Engine) start(ctx context.Context, module []byte, pages uint32) error {
	if pages > maxPages {
		return errTooLarge
	}
	env := asm.NewModule()
	if e.threads > 1 {
		pages++
		env.SharedMemory()
	}
	env.OwnMemory(pages)
	mem, err := e.runtime.InstantiateWithConfig(ctx, env.Bytes(), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		return err
	}
	e.memory = mem.Memory()
	e.arena, _ = e.memory.Read(0, e.memory.Size())
	if e.threads > 1 {
		e.arena = e.arena[:e.sync]
	}
	code, err := e.runtime.CompileModule(ctx, module)
	if err != nil {
		return err
	}
	for thread := range e.threads {
		mod, err := e.runtime.InstantiateModule(ctx, code, wazero.NewModuleConfig().WithName("kernels"+strconv.Itoa(thread)))
		if err != nil {
			return err
		}
		if thread == 0 {
			err = e.lead(mod)
		} else {
			e.work(ctx, mod, thread)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lead takes the functions of the caller's thread.
func (e *Engine) lead(mod api.Module) error {
	name := "run"
	if e.threads > 1 {
		name = "lead"
		e.dismiss, e.fail = mod.ExportedFunction("dismiss"), mod.ExportedFunction("fail")
	}
	if e.run = mod.ExportedFunction(name); e.run == nil {
		return errNoRun
	}
	return nil
}

// work starts a thread of the engine.
func (e *Engine) work(ctx context.Context, mod api.Module, thread int) {
	work, fail := mod.ExportedFunction("work"), mod.ExportedFunction("fail")
	e.workers.Go(func() {
		if _, err := work.Call(ctx, uint64(thread), uint64(e.threads), patience, uint64(e.sync), 0); err != nil {
			fail.Call(ctx, uint64(e.sync)) // the caller sees it: what it runs has failed
		}
	})
}

// Run does the calls of a program laid out by call.Encode at the address program, a multiple of 4. A
// kernel that traps leaves an error; the arena is then undefined, and with threads no further Run
// works.
func (e *Engine) Run(program, calls uint32) error {
	ctx := context.Background()
	e.args = [5]uint64{uint64(program), uint64(calls), 0}
	args := e.args[:3]
	if e.threads > 1 {
		e.args = [5]uint64{uint64(program), uint64(calls), uint64(e.threads), patience, uint64(e.sync)}
		args = e.args[:]
	}
	if err := e.run.CallWithStack(ctx, args); err != nil {
		if e.threads > 1 {
			e.fail.Call(ctx, uint64(e.sync))
		}
		return fmt.Errorf("engine: %w", err)
	}
	if e.threads > 1 && args[0] != 0 {
		return errTrapped
	}
	return nil
}

// Write copies b to the arena. Beyond its end it panics, as all methods that take addresses.
func (e *Engine) Write(addr uint32, b []byte) { copy(e.at(addr, len(b)), b) }

// Read copies from the arena to dst.
func (e *Engine) Read(addr uint32, dst []byte) { copy(dst, e.at(addr, len(dst))) }

func (e *Engine) at(addr uint32, n int) []byte { return e.arena[addr:][:n] }

// Close ends the threads and frees the arena and the compiled module.
func (e *Engine) Close() error {
	ctx := context.Background()
	if e.dismiss != nil {
		e.dismiss.Call(ctx, uint64(e.sync))
		e.workers.Wait()
	}
	return e.runtime.Close(ctx)
}
