package dataset

import "fmt"

const (
	// maxScans bounds the passes over a JPEG's pixels: cameras and programs make up to ten, and each bit of
	// each coefficient by itself would take some hundreds.
	maxScans = 1000
	// maxScanned bounds passes times pixels, since a pass of a few bytes goes over all of them.
	maxScanned = 20 * maxPixels
)

// checkScans refuses a JPEG that would take minutes to decode: a small file can have thousands of
// progressive scans over a large image.
func checkScans(b []byte, pixels int) error {
	switch n := scans(b); {
	case n > maxScans:
		return fmt.Errorf("the JPEG has %d scans, more than the %d this program decodes; save it anew", n, maxScans)
	case n > maxScanned/pixels:
		return fmt.Errorf("the JPEG has %d scans over %d pixels, more than this program decodes; save it anew, or scale it down", n, pixels)
	}
	return nil
}

// scans counts a JPEG's scans: segments are skipped by their lengths, and what is coded behind the
// header of a scan has a byte of zero after every 0xff that is not a marker.
func scans(b []byte) int {
	const sos, eoi = 0xda, 0xd9
	n := 0
	for i := 2; i+1 < len(b); {
		if b[i] != 0xff {
			i++
			continue
		}
		switch m := b[i+1]; {
		case m == 0xff: // fill
			i++
		case m == 0 || m == 1 || m >= 0xd0 && m <= 0xd8: // stuffed, or a marker without a segment
			i += 2
		case m == eoi:
			return n
		default:
			if m == sos {
				n++
			}
			if i+3 >= len(b) {
				return n
			}
			i += 2 + max(2, int(b[i+2])<<8|int(b[i+3]))
		}
	}
	return n
}

// foreignCoding names how a JPEG is coded where that is none of the ways that are decoded, by the frame
// header's marker, ITU-T T.81 table B.1; "" else.
func foreignCoding(b []byte) string {
	for i := 2; i+4 <= len(b) && begins(b, "\xff\xd8") && b[i] == 0xff; i += 2 + (int(b[i+2])<<8 | int(b[i+3])) {
		switch b[i+1] {
		case 0xc0, 0xc1, 0xc2, 0xda:
			return ""
		case 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
			return "arithmetic coding"
		case 0xc3, 0xc7:
			return "lossless coding"
		case 0xc5, 0xc6:
			return "hierarchical coding"
		}
	}
	return ""
}
