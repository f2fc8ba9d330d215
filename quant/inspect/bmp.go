package inspect

import "encoding/binary"

// BMP writes a picture of 4 bytes a pixel, rows from the top, as the file that every browser shows and
// that takes no packing.
func BMP(rgba []byte, width, height int) []byte {
	const header = 14 + 40
	le := binary.LittleEndian
	b := append(make([]byte, 0, header+len(rgba)), "BM"...)
	b = le.AppendUint32(b, uint32(header+len(rgba)))
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, header)
	b = le.AppendUint32(b, 40)
	b = le.AppendUint32(b, uint32(width))
	b = le.AppendUint32(b, uint32(-int32(height))) // negative: the first row is the top one
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 32)
	for range 6 { // no compression, sizes and palette as they follow
		b = le.AppendUint32(b, 0)
	}
	for i := 0; i+3 < len(rgba); i += 4 {
		b = append(b, rgba[i+2], rgba[i+1], rgba[i], 255)
	}
	return b
}
