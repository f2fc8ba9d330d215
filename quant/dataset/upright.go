package dataset

import (
	"bytes"
	"encoding/binary"
)

// orientation is what a JPEG's EXIF data say about how it was taken, 1 to 8 as in TIFF 6.0; 1, upright,
// where they say nothing.
func orientation(b []byte) int {
	const app1, sos = 0xe1, 0xda
	for i := 2; i+4 <= len(b) && b[0] == 0xff && b[1] == 0xd8 && b[i] == 0xff && b[i+1] != sos; {
		size := int(binary.BigEndian.Uint16(b[i+2:]))
		if size < 2 || i+2+size > len(b) {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(b[i+4:i+2+size], []byte("Exif\x00\x00")); ok && b[i+1] == app1 {
			return tiffOrientation(tiff)
		}
		i += 2 + size
	}
	return 1
}

// tiffOrientation looks the tag up in the first directory.
func tiffOrientation(b []byte) int {
	const tag, short, entry = 0x112, 3, 12
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for e := at + 2; e < at+2+n*entry && e+entry <= int64(len(b)); e += entry {
		if order.Uint16(b[e:]) == tag && order.Uint16(b[e+2:]) == short {
			if o := int(order.Uint16(b[e+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// turned is m as orientation o says that it is to be looked at.
func turned(m *Image, o int) *Image {
	if o == 1 {
		return m
	}
	w, h := m.Width, m.Height
	if o >= 5 {
		w, h = h, w
	}
	out := &Image{w, h, m.Channels, make([]uint8, len(m.Pix))}
	for y := range h {
		for x := range w {
			sx, sy := x, y
			if o >= 5 {
				sx, sy = y, x
			}
			if o == 2 || o == 3 || o == 7 || o == 8 {
				sx = m.Width - 1 - sx
			}
			if o == 3 || o == 4 || o == 6 || o == 7 {
				sy = m.Height - 1 - sy
			}
			copy(out.Pix[(y*w+x)*m.Channels:][:m.Channels], m.Pix[(sy*m.Width+sx)*m.Channels:])
		}
	}
	return out
}
