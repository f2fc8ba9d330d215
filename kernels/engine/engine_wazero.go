//go:build !js

package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/quantscope/quantscope/kernels/asm"
)

// Engine is a module and its arena. It is for one goroutine at a time.
type Engine struct {
	runtime wazero.Runtime
	memory  api.Memory
	arena   []byte
	run     api.Function
	args    [3]uint64
}

// New compiles a module made by kernels.Module and gives it an arena of memBytes, rounded up to
// pages of 64 KiB, filled with zeros.
func New(module []byte, memBytes uint32) (*Engine, error) {
	ctx := context.Background()
	e := &Engine{runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2))}
	if err := e.start(ctx, module, pages(memBytes)); err != nil {
		return nil, errors.Join(fmt.Errorf("engine: arena of %d bytes: %w", memBytes, err), e.Close())
	}
	return e, nil
}

func (e *Engine) start(ctx context.Context, module []byte, pages uint32) error {
	if pages > maxPages {
		return errTooLarge
	}
	env := asm.NewModule()
	env.OwnMemory(pages)
	mem, err := e.runtime.InstantiateWithConfig(ctx, env.Bytes(), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		return err
	}
	e.memory = mem.Memory()
	e.arena, _ = e.memory.Read(0, e.memory.Size())
	mod, err := e.runtime.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithName("kernels"))
	if err != nil {
		return err
	}
	if e.run = mod.ExportedFunction("run"); e.run == nil {
		return errNoRun
	}
	return nil
}

// Run does the calls of a program laid out by call.Encode at the address program. A kernel that
// traps leaves an error; the arena is then undefined.
func (e *Engine) Run(program, calls uint32) error {
	e.args = [3]uint64{uint64(program), uint64(calls), 0}
	if err := e.run.CallWithStack(context.Background(), e.args[:]); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

// Write copies b to the arena. Beyond its end it panics, as all methods that take addresses.
func (e *Engine) Write(addr uint32, b []byte) { copy(e.at(addr, len(b)), b) }

// Read copies from the arena to dst.
func (e *Engine) Read(addr uint32, dst []byte) { copy(dst, e.at(addr, len(dst))) }

func (e *Engine) at(addr uint32, n int) []byte { return e.arena[addr:][:n] }

// Close frees the arena and the compiled module.
func (e *Engine) Close() error { return e.runtime.Close(context.Background()) }
