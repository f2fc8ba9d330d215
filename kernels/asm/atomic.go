package asm

// Atomics of the threads proposal. The address is a + offset and must be a multiple of the size,
// else they trap. All are sequentially consistent.

func (a I32) AtomicLoadI32(offset uint32) I32 { return I32{atomic(0x10, 2, offset, a.code)} }
func (a I32) AtomicLoadI64(offset uint32) I64 { return I64{atomic(0x11, 3, offset, a.code)} }

// AtomicAdd adds x to 32 bits in memory and is what was there before.
func (a I32) AtomicAdd(offset uint32, x I32) I32 {
	return I32{atomic(0x1e, 2, offset, a.code, x.code)}
}

// AtomicCompareExchange puts x where 64 bits in memory equal expected, and is what was there before.
func (a I32) AtomicCompareExchange(offset uint32, expected, x I64) I64 {
	return I64{atomic(0x49, 3, offset, a.code, expected.code, x.code)}
}

// AtomicWait sleeps while 32 bits in memory equal expected, until a notification or for so many
// nanoseconds, without end where that is negative. It is 0 after a notification, 1 where the value
// was another, 2 when the time was over. It traps where the memory is not shared and where a thread
// must not sleep, as a page's main thread.
func (a I32) AtomicWait(offset uint32, expected I32, nanoseconds int64) I32 {
	return I32{atomic(0x01, 2, offset, a.code, expected.code, ConstI64(nanoseconds).code)}
}

// AtomicNotify wakes at most so many of those who wait at an address, and is how many.
func (a I32) AtomicNotify(offset uint32, threads I32) I32 {
	return I32{atomic(0x00, 2, offset, a.code, threads.code)}
}

// AtomicStoreI32 stores 32 bits.
func (f *Func) AtomicStoreI32(a I32, offset uint32, x I32) {
	f.emit(atomic(0x17, 2, offset, a.code, x.code))
}

// AtomicStoreI64 stores 64 bits.
func (f *Func) AtomicStoreI64(a I32, offset uint32, x I64) {
	f.emit(atomic(0x18, 3, offset, a.code, x.code))
}

// Drop runs an expression for what it does besides.
func (f *Func) Drop(x Expr) { f.emit(x.bytes(), []byte{0x1a}) }

// atomic is one instruction of the prefix 0xfe after its operands, aligned to 2^align bytes.
func atomic(code, align byte, offset uint32, operands ...[]byte) []byte {
	return uleb(append(join(operands), 0xfe, code, align), offset)
}
