package asm

// Loads: the address is a + offset, in bytes, of any alignment; beyond the memory they trap.

func (a I32) LoadI32(offset uint32) I32  { return I32{load([]byte{0x28}, a, offset)} }
func (a I32) LoadF32(offset uint32) F32  { return F32{load([]byte{0x2a}, a, offset)} }
func (a I32) LoadI8S(offset uint32) I32  { return I32{load([]byte{0x2c}, a, offset)} }
func (a I32) LoadI8U(offset uint32) I32  { return I32{load([]byte{0x2d}, a, offset)} }
func (a I32) LoadI16S(offset uint32) I32 { return I32{load([]byte{0x2e}, a, offset)} }

// Loads of 16 bytes.

func (a I32) LoadF32x4(offset uint32) F32x4 { return F32x4{vload(0x00, a, offset)} }
func (a I32) LoadI32x4(offset uint32) I32x4 { return I32x4{vload(0x00, a, offset)} }
func (a I32) LoadF64x2(offset uint32) F64x2 { return F64x2{vload(0x00, a, offset)} }
func (a I32) LoadI16x8(offset uint32) I16x8 { return I16x8{vload(0x00, a, offset)} }
func (a I32) LoadI8x16(offset uint32) I8x16 { return I8x16{vload(0x00, a, offset)} }

// Splat loads put one element into every lane; those of 64 bits put two.

func (a I32) LoadSplatF32x4(offset uint32) F32x4   { return F32x4{vload(0x09, a, offset)} }
func (a I32) LoadSplatI32x4(offset uint32) I32x4   { return I32x4{vload(0x09, a, offset)} }
func (a I32) LoadSplat64F32x4(offset uint32) F32x4 { return F32x4{vload(0x0a, a, offset)} }

// Zero loads put one or two elements into the lowest lanes and zeros above.

func (a I32) LoadZero32F32x4(offset uint32) F32x4 { return F32x4{vload(0x5c, a, offset)} }
func (a I32) LoadZero32I8x16(offset uint32) I8x16 { return I8x16{vload(0x5c, a, offset)} }
func (a I32) LoadZero64I8x16(offset uint32) I8x16 { return I8x16{vload(0x5d, a, offset)} }

// Loads of eight bytes, extended to 16 bits each.

func (a I32) LoadExtendS8x8(offset uint32) I16x8 { return I16x8{vload(0x01, a, offset)} }
func (a I32) LoadExtendU8x8(offset uint32) I16x8 { return I16x8{vload(0x02, a, offset)} }

// LoadLane32 is v with lane i loaded.
func (a I32) LoadLane32(offset uint32, v F32x4, i int) F32x4 {
	return F32x4{append(vload(0x56, I32{join([][]byte{a.code, v.code})}, offset), byte(i))}
}

// Stores: the address is a + offset, in bytes, of any alignment; beyond the memory they trap.

func (f *Func) StoreI32(a I32, offset uint32, x I32)     { f.store([]byte{0x36}, a, offset, x) }
func (f *Func) StoreF32(a I32, offset uint32, x F32)     { f.store([]byte{0x38}, a, offset, x) }
func (f *Func) StoreI8(a I32, offset uint32, x I32)      { f.store([]byte{0x3a}, a, offset, x) }
func (f *Func) StoreI16(a I32, offset uint32, x I32)     { f.store([]byte{0x3b}, a, offset, x) }
func (f *Func) StoreF32x4(a I32, offset uint32, x F32x4) { f.store([]byte{0xfd, 0x0b}, a, offset, x) }
func (f *Func) StoreI32x4(a I32, offset uint32, x I32x4) { f.store([]byte{0xfd, 0x0b}, a, offset, x) }
func (f *Func) StoreF64x2(a I32, offset uint32, x F64x2) { f.store([]byte{0xfd, 0x0b}, a, offset, x) }
func (f *Func) StoreI16x8(a I32, offset uint32, x I16x8) { f.store([]byte{0xfd, 0x0b}, a, offset, x) }
func (f *Func) StoreI8x16(a I32, offset uint32, x I8x16) { f.store([]byte{0xfd, 0x0b}, a, offset, x) }

// StoreLane32 stores lane i of x, four bytes.
func (f *Func) StoreLane32(a I32, offset uint32, x F32x4, i int) {
	f.store([]byte{0xfd, 0x5a}, a, offset, x)
	f.body = append(f.body, byte(i))
}

// StoreLane64 stores lanes 2i and 2i+1 of x, eight bytes.
func (f *Func) StoreLane64(a I32, offset uint32, x F32x4, i int) {
	f.store([]byte{0xfd, 0x5b}, a, offset, x)
	f.body = append(f.body, byte(i))
}

func (f *Func) store(code []byte, a I32, offset uint32, x Expr) {
	f.emit(a.code, x.bytes(), code)
	f.body = uleb(append(f.body, 0), offset)
}

// MemoryCopy copies n bytes; the regions may overlap.
func (f *Func) MemoryCopy(to, from, n I32) {
	f.emit(to.code, from.code, n.code, []byte{0xfc, 10, 0, 0})
}

// MemoryFill sets n bytes to the low byte of value.
func (f *Func) MemoryFill(to, value, n I32) {
	f.emit(to.code, value.code, n.code, []byte{0xfc, 11, 0})
}
