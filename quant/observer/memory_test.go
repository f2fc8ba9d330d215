package observer

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

// mostMemory is what one observer may hold, in bytes. One activation of 112×112×64 for a batch of 16 would
// be fifty times as much.
const mostMemory = 1 << 20

// However much an observer sees, it holds the same few numbers: no values, no batch.
func TestMemoryIsBounded(t *testing.T) {
	const values = 40000
	for _, k := range Kinds() {
		for _, bits := range []int{4, 8, 16} {
			o, err := New(k.Name, Config{Scheme: scheme.QScheme{Bits: bits, Symmetric: k.Symmetric}, Axis: -1, Channels: 1, EMARatio: 0.9})
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 2))
			most := [2]int{}
			for batch := range 12 {
				x := make([]float32, values)
				for i := range x {
					x[i] = float32(r.NormFloat64()) * float32(1+batch)
				}
				show := func(f func(c int, x []float32)) {
					for from := 0; from < values; from += values / 4 {
						f(0, x[from:from+values/4])
					}
				}
				half := batch / 6
				look := func() { most[half] = max(most[half], held(reflect.ValueOf(o), map[uintptr]bool{})) }
				show(func(c int, x []float32) {
					if first := First(o); first != nil {
						first(c, x)
					}
					lo, hi := Of(x)
					o.ObserveRange(c, lo, hi)
					look()
				})
				if v, ok := o.(Values); ok {
					show(func(c int, x []float32) { v.Observe(c, x); look() })
				}
				o.EndBatch()
			}
			if most[0] != most[1] {
				t.Errorf("%s, %d bits: %d bytes in six batches, %d in six more", k.Name, bits, most[0], most[1])
			}
			if most[1] > mostMemory {
				t.Errorf("%s, %d bits: %d bytes are held", k.Name, bits, most[1])
			}
		}
	}
}

// held is how many bytes a value reaches, each slice and pointer once.
func held(v reflect.Value, seen map[uintptr]bool) int {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return held(v.Elem(), seen)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return 0
		}
		seen[v.Pointer()] = true
		return int(v.Type().Elem().Size()) + held(v.Elem(), seen)
	case reflect.Slice:
		if v.Cap() == 0 || seen[v.Pointer()] {
			return 0
		}
		seen[v.Pointer()] = true
		n := v.Cap() * int(v.Type().Elem().Size())
		for i := range v.Len() {
			n += held(v.Index(i), seen)
		}
		return n
	case reflect.Array:
		n := 0
		for i := range v.Len() {
			n += held(v.Index(i), seen)
		}
		return n
	case reflect.Struct:
		n := 0
		for i := range v.NumField() {
			n += held(v.Field(i), seen)
		}
		return n
	}
	return 0
}
