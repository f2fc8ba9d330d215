package asm

import "encoding/binary"

// uleb appends v in unsigned LEB128.
//
//go:noinline
func uleb(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// sleb appends v in signed LEB128.
func sleb(b []byte, v int64) []byte {
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}
