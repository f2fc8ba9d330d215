package asm

// Func is a function under construction. Statements are appended in the order of the calls.
type Func struct {
	m          *Module
	index, typ uint32
	name       string
	sig        Signature
	locals     []Type // beyond the parameters
	body       []byte
	depth      int // of open blocks
}

// Label is a branch target: the end of a Block or the beginning of a Loop.
type Label struct{ depth int }

func (f *Func) local(t Type) uint32 {
	f.locals = append(f.locals, t)
	return uint32(len(f.sig.Params) + len(f.locals) - 1)
}

//go:noinline
func (f *Func) emit(parts ...[]byte) {
	for _, p := range parts {
		f.body = append(f.body, p...)
	}
}

func (f *Func) encode() []byte {
	var groups [][]byte
	for i := 0; i < len(f.locals); {
		n := i
		for n < len(f.locals) && f.locals[n] == f.locals[i] {
			n++
		}
		groups = append(groups, append(uleb(nil, uint32(n-i)), byte(f.locals[i])))
		i = n
	}
	out := uleb(nil, uint32(len(groups)))
	for _, g := range groups {
		out = append(out, g...)
	}
	return append(append(out, f.body...), 0x0b)
}

// Block runs its statements; a branch to its label leaves it.
func (f *Func) Block(statements func(end Label)) { f.nest([]byte{0x02, 0x40}, statements) }

// Loop runs its statements once; a branch to its label runs them again.
func (f *Func) Loop(statements func(again Label)) { f.nest([]byte{0x03, 0x40}, statements) }

func (f *Func) nest(open []byte, statements func(Label)) {
	f.emit(open)
	f.depth++
	statements(Label{f.depth})
	f.depth--
	f.body = append(f.body, 0x0b)
}

// If runs then where the condition is not zero, and otherwise els, which may be nil.
func (f *Func) If(condition I32, then, els func()) {
	f.emit(condition.code, []byte{0x04, 0x40})
	f.depth++
	then()
	if els != nil {
		f.body = append(f.body, 0x05)
		els()
	}
	f.depth--
	f.body = append(f.body, 0x0b)
}

// Br branches to the label.
func (f *Func) Br(to Label) { f.body = uleb(append(f.body, 0x0c), uint32(f.depth-to.depth)) }

// BrIf branches to the label where the condition is not zero.
func (f *Func) BrIf(to Label, condition I32) {
	f.emit(condition.code)
	f.body = uleb(append(f.body, 0x0d), uint32(f.depth-to.depth))
}

// Return leaves the function, with the values its signature asks for.
func (f *Func) Return(results ...Expr) {
	f.Push(results...)
	f.body = append(f.body, 0x0f)
}

// Push leaves values on the stack: the results at the end of a function.
func (f *Func) Push(values ...Expr) {
	for _, v := range values {
		f.emit(v.bytes())
	}
}

// Unreachable traps.
func (f *Func) Unreachable() { f.body = append(f.body, 0x00) }

// For runs body for i = from, from+step, … while i < to (unsigned). Step is positive; i + step must
// not pass 2³². The body must leave i and whatever to reads alone.
func (f *Func) For(i I32Var, from, to I32, step int32, body func()) {
	i.Set(from)
	f.Block(func(end Label) {
		f.BrIf(end, i.GeU(to))
		f.Loop(func(again Label) {
			body()
			f.BrIf(again, i.Tee(i.AddC(step)).LtU(to))
		})
	})
}

// While runs body as long as the condition holds.
func (f *Func) While(condition func() I32, body func()) {
	f.Block(func(end Label) {
		f.BrIf(end, condition().Eqz())
		f.Loop(func(again Label) {
			body()
			f.BrIf(again, condition())
		})
	})
}

// Call calls a function that returns nothing.
func (f *Func) Call(g *Func, args ...Expr) { f.emit(call(g, args)) }

// CallI32 is a call of a function that returns an i32.
func CallI32(g *Func, args ...Expr) I32 { return I32{call(g, args)} }

func call(g *Func, args []Expr) []byte {
	var b []byte
	for _, a := range args {
		b = append(b, a.bytes()...)
	}
	return uleb(append(b, 0x10), g.index)
}

// CallIndirect calls entry i of the table, a function of the signature that returns nothing.
func (f *Func) CallIndirect(s Signature, i I32, args ...Expr) {
	f.Push(args...)
	f.Push(i)
	f.body = append(uleb(append(f.body, 0x11), f.m.typeIndex(s)), 0)
}
