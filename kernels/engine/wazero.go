//go:build !js

package engine

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/quantscope/quantscope/kernels/asm"
)

// wazeroMachine runs under wazero, which is written in Go.
type wazeroMachine struct {
	module    []byte
	pages     uint32
	shared    bool
	runtime   wazero.Runtime
	code      wazero.CompiledModule
	bytes     []byte
	instances int
}

// wazeroHost keeps nothing: wazero ties code to the names of one memory.
type wazeroHost struct{}

func (wazeroHost) close() {}

func (wazeroHost) compile(module []byte, pages uint32, shared bool) (machine, error) {
	ctx := context.Background()
	features := api.CoreFeaturesV2
	if shared {
		features |= experimental.CoreFeaturesThreads
	}
	m := &wazeroMachine{
		module: module, pages: pages, shared: shared,
		runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features)),
	}
	if err := m.start(ctx); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func (m *wazeroMachine) start(ctx context.Context) error {
	env, err := m.runtime.InstantiateWithConfig(ctx, memoryModule(m.pages, m.shared), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		return err
	}
	m.bytes, _ = env.Memory().Read(0, env.Memory().Size())
	m.code, err = m.runtime.CompileModule(ctx, m.module)
	return err
}

func (m *wazeroMachine) memory() []byte { return m.bytes }

func (m *wazeroMachine) instance() (func(name string) function, error) {
	ctx := context.Background()
	m.instances++
	mod, err := m.runtime.InstantiateModule(ctx, m.code, wazero.NewModuleConfig().WithName("kernels"+strconv.Itoa(m.instances)))
	if err != nil {
		return nil, err
	}
	return func(name string) function {
		f := mod.ExportedFunction(name)
		if f == nil {
			return nil
		}
		stack := make([]uint64, max(len(f.Definition().ParamTypes()), 1))
		return func(args ...uint32) (uint32, error) {
			for i, x := range args {
				stack[i] = uint64(x)
			}
			if err := f.CallWithStack(ctx, stack); err != nil {
				reason, _, _ := strings.Cut(err.Error(), "\n") // behind it is a stack trace
				return 0, errors.New(reason)
			}
			return uint32(stack[0]), nil
		}
	}, nil
}

func (m *wazeroMachine) again() (machine, error) {
	return wazeroHost{}.compile(m.module, m.pages, m.shared)
}

func (m *wazeroMachine) close() error { return m.runtime.Close(context.Background()) }

// memoryModule defines and exports a memory of that many pages.
func memoryModule(pages uint32, shared bool) []byte {
	m := asm.NewModule()
	if shared {
		m.SharedMemory()
	}
	m.OwnMemory(pages)
	return m.Bytes()
}
