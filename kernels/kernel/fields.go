package kernel

import (
	"fmt"
	"reflect"

	"github.com/quantscope/quantscope/kernels/asm"
)

// The arguments of a kernel are declared once, as a struct of its fields in their order:
//
//	type fillArgs[W any] struct{ N, Piece, Value W }
//
// Who calls the kernel fills in a fillArgs[uint32], which Words lays out. Who emits it reads the fields of the
// fillArgs[kernel.Field] that Fields gives. Structs and arrays of fields may be fields. A Tail, at the end,
// takes no words.

// Words are the fields of a struct of uint32, in order.
func Words[T any](args T) []uint32 {
	var words []uint32
	each(reflect.ValueOf(&args).Elem(), func(v reflect.Value) {
		if v.CanUint() {
			words = append(words, uint32(v.Uint()))
		}
	})
	return words
}

// Fields are those of a struct of Field whose words begin so many bytes behind args.
func Fields[T any](args asm.I32, offset uint32) T {
	var fields T
	each(reflect.ValueOf(&fields).Elem(), func(v reflect.Value) {
		switch p := v.Addr().Interface().(type) {
		case *Field:
			*p = Field{args, offset}
			offset += 4
		case *Tail:
			*p = Tail{Field{args, offset}}
		}
	})
	return fields
}

// each visits the fields of a struct that are no structs of fields themselves.
func each(v reflect.Value, visit func(reflect.Value)) {
	switch v.Interface().(type) {
	case uint32, Field, Tail:
		visit(v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			each(v.Field(i), visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			each(v.Index(i), visit)
		}
	default:
		panic(fmt.Sprintf("kernel: a field of type %v", v.Type()))
	}
}

// Field is a word of a call's arguments, for the code that reads it.
type Field struct {
	args   asm.I32
	offset uint32
}

// I32 is the word.
func (w Field) I32() asm.I32 { return w.args.LoadI32(w.offset) }

// F32 is the word as a float.
func (w Field) F32() asm.F32 { return w.args.LoadF32(w.offset) }

// F32x4 is the word as a float in all lanes.
func (w Field) F32x4() asm.F32x4 { return w.args.LoadSplatF32x4(w.offset) }

// I32x4 is the word in all lanes.
func (w Field) I32x4() asm.I32x4 { return w.args.LoadSplatI32x4(w.offset) }

// Address is where the word is.
func (w Field) Address() asm.I32 { return w.args.AddC(int32(w.offset)) }

// Store writes the word: a kernel that calls another makes its arguments so.
func (w Field) Store(f *asm.Func, x asm.I32) { f.StoreI32(w.args, w.offset, x) }

// Tail is what lies behind the arguments of a call: its epilogue.
type Tail struct{ Field }

// Any is whether the epilogue has a function.
func (t Tail) Any() asm.I32 { return t.I32() }
