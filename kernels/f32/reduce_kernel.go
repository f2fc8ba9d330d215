package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// reduceOp is a reduction: where it starts and how it takes in a value. A sum nests level by level
// and is divided in the end.
type reduceOp struct {
	name  string
	start float32
	add   func(acc, x asm.F32x4) asm.F32x4
	sum   bool
}

func sumOp(name string) reduceOp { return reduceOp{name: name, add: asm.F32x4.Add, sum: true} }
func maxOp(name string) reduceOp {
	return reduceOp{name: name, start: float32(math.Inf(-1)), add: asm.F32x4.Max}
}
func minOp(name string) reduceOp {
	return reduceOp{name: name, start: float32(math.Inf(1)), add: asm.F32x4.Min}
}

// EmitReduceSum emits f32_reduce_sum.
func EmitReduceSum(env kernel.Env) *asm.Func { return emitReduce(env, sumOp("f32_reduce_sum")) }

// EmitReduceMax emits f32_reduce_max.
func EmitReduceMax(env kernel.Env) *asm.Func { return emitReduce(env, maxOp("f32_reduce_max")) }

// EmitReduceMin emits f32_reduce_min.
func EmitReduceMin(env kernel.Env) *asm.Func { return emitReduce(env, minOp("f32_reduce_min")) }

// EmitRowSum emits f32_row_sum.
func EmitRowSum(env kernel.Env) *asm.Func { return emitRowReduce(env, sumOp("f32_row_sum")) }

// EmitRowMax emits f32_row_max.
func EmitRowMax(env kernel.Env) *asm.Func { return emitRowReduce(env, maxOp("f32_row_max")) }

// EmitRowMin emits f32_row_min.
func EmitRowMin(env kernel.Env) *asm.Func { return emitRowReduce(env, minOp("f32_row_min")) }

// nest emits the loops over levels 0 to depth-1 from address q on, with body innermost. Before a
// level begins, enter runs, after each of its steps, leave; both know the level.
func nest(f *asm.Func, arg reduceArgs[kernel.Field], q asm.I32Var, left []asm.I32Var, depth int, enter, leave func(level int), body func()) {
	var loop func(level int)
	loop = func(level int) {
		if level == depth {
			body()
			return
		}
		n, stride := arg.Levels[level].N.I32(), arg.Levels[level].Stride.I32()
		enter(level)
		left[level].Set(n)
		f.While(func() asm.I32 { return left[level].I32 }, func() {
			loop(level + 1)
			leave(level)
			q.Set(q.Add(stride))
			left[level].Set(left[level].AddC(-1))
		})
		q.Set(q.Sub(n.Mul(stride)))
	}
	loop(0)
}

// emitReduce emits a reduction for rows that are contiguous in X and Y: every block of the row goes
// over all levels, lane by lane by itself.
func emitReduce(env kernel.Env, op reduceOp) *asm.Func {
	f := env.M.Func(op.name, kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[reduceArgs[kernel.Field]](args.I32, walk.Bytes2)
	y, x, p, q, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	divisor := f.F32x4()
	var left []asm.I32Var
	var acc [reduceLevels][4]asm.F32x4Var
	for level := range acc {
		left = append(left, f.I32())
		for v := range acc[level] {
			acc[level][v] = f.F32x4()
			if !op.sum {
				acc[level][v] = acc[0][v] // one accumulator through all levels
			}
		}
	}
	divisor.Set(arg.Divisor.F32x4())
	block := func(l lanes, vectors int) {
		each := func(do func(v int)) {
			for v := range vectors {
				do(v)
			}
		}
		nest(f, arg, q, left, reduceLevels, func(level int) {
			if op.sum || level == 0 {
				each(func(v int) { acc[level][v].Set(asm.ConstF32x4(op.start)) })
			}
		}, func(level int) {
			if op.sum && level+1 < reduceLevels {
				each(func(v int) { acc[level][v].Set(acc[level][v].Add(acc[level+1][v].F32x4)) })
			}
		}, func() {
			const last = reduceLevels - 1
			each(func(v int) { acc[last][v].Set(op.add(acc[last][v].F32x4, l.load(q.I32, uint32(16*v)))) })
		})
		each(func(v int) {
			result := acc[0][v].F32x4
			if op.sum {
				result = result.Div(divisor.F32x4)
			}
			l.store(f, p.I32, uint32(16*v), result)
		})
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(asm.I32) {
		p.Set(y.I32)
		q.Set(x.I32)
		n.Set(arg.N.I32())
		loop := func(l lanes, vectors int, floats int32) {
			f.While(func() asm.I32 { return n.GeS(asm.ConstI32(floats)) }, func() {
				block(l, vectors)
				p.Set(p.AddC(4 * floats))
				q.Set(q.AddC(4 * floats))
				n.Set(n.AddC(-floats))
			})
		}
		loop(lanes{}, 4, 16)
		loop(lanes{}, 1, 4)
		loop(lanes{single: true}, 1, 1)
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, arg.N.I32(), thread.I32)
	})
	return f
}

// emitRowReduce emits a reduction whose innermost level is contiguous, to one float per unit.
func emitRowReduce(env kernel.Env, op reduceOp) *asm.Func {
	f := env.M.Func(op.name, kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[reduceArgs[kernel.Field]](args.I32, walk.Bytes2)
	y, x, p, q, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	row := f.F32x4()
	var left []asm.I32Var
	var acc []asm.F32x4Var
	const rows = reduceLevels - 1
	for range reduceLevels {
		left, acc = append(left, f.I32()), append(acc, f.F32x4())
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(asm.I32) {
		q.Set(x.I32)
		nest(f, arg, q, left, rows, func(level int) {
			acc[level].Set(asm.ConstF32x4(op.start))
		}, func(level int) {
			acc[level].Set(op.add(acc[level].F32x4, acc[level+1].F32x4))
		}, func() {
			p.Set(q.I32)
			n.Set(arg.Levels[rows].N.I32())
			emitFold(f, op, row, p, n)
			acc[rows].Set(row.F32x4)
		})
		result := acc[0].Lane(0)
		if op.sum {
			result = result.Div(arg.Divisor.F32())
		}
		f.StoreF32(y.I32, 0, result)
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, asm.ConstI32(1), thread.I32)
	})
	return f
}

// emitFold reduces n floats at p to all lanes of acc: element i by lane i%4, then the lanes as
// (lane0 + lane1) + (lane2 + lane3). p and n are used up.
func emitFold(f *asm.Func, op reduceOp, acc asm.F32x4Var, p, n asm.I32Var) {
	acc.Set(asm.ConstF32x4(op.start))
	f.While(func() asm.I32 { return n.GeS(asm.ConstI32(4)) }, func() {
		acc.Set(op.add(acc.F32x4, p.LoadF32x4(0)))
		p.Set(p.AddC(16))
		n.Set(n.AddC(-4))
	})
	// The last one to three, with what changes nothing in the lanes above: +0, or start.
	start := asm.ConstF32x4(op.start)
	two := start.Shuffle(p.LoadSplat64F32x4(0), [4]int{4, 5, 2, 3})
	f.If(n.I32, func() {
		f.If(n.Eq(asm.ConstI32(1)), func() {
			acc.Set(op.add(acc.F32x4, p.LoadLane32(0, start, 0)))
		}, func() {
			f.If(n.Eq(asm.ConstI32(2)), func() {
				acc.Set(op.add(acc.F32x4, two))
			}, func() {
				acc.Set(op.add(acc.F32x4, p.LoadLane32(8, two, 2)))
			})
		})
	}, nil)
	acc.Set(op.add(acc.F32x4, acc.Shuffle(acc.F32x4, [4]int{1, 0, 3, 2})))
	acc.Set(op.add(acc.F32x4, acc.Shuffle(acc.F32x4, [4]int{2, 3, 0, 1})))
}
