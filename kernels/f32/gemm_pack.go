package f32

// PackedLen is the floats of B[k×n] and its biases as PackB lays them out.
func PackedLen(k, n int) int { return (n + gemmNR - 1) / gemmNR * gemmNR * (k + 1) }

// Weights is a matrix B[K×N] in memory, K = len(Positions)·Channels: row k of column n is
//
//	Data[Positions[k/Channels] + k%Channels·ChannelStride + n·ColumnStride]
//
// and zero where the position is negative. For a convolution the positions are those in its kernel; a
// matrix has one position at 0.
type Weights struct {
	Data                        []float32
	Positions                   []int
	Channels                    int
	ChannelStride, ColumnStride int
}

// PackB lays B[k×n] out for GEMM: panels of 8 columns, each 8 biases and then k rows of 8 weights;
// the last panel is filled up with zeros. bias has n values, nil means zeros; dst has PackedLen(k, n)
// floats. k follows the order of the runs: for a convolution kernel row, kernel column, input channel.
func PackB(dst []float32, n int, bias []float32, w Weights) {
	k := len(w.Positions) * w.Channels
	for j := 0; j < n; j += gemmNR {
		width := min(gemmNR, n-j)
		panel := dst[:gemmNR*(k+1)]
		dst = dst[len(panel):]
		clear(panel[:gemmNR])
		if bias != nil {
			copy(panel, bias[j:j+width])
		}
		rows := panel[gemmNR:]
		for _, position := range w.Positions {
			piece := rows[:gemmNR*w.Channels]
			rows = rows[len(piece):]
			switch at := position + j*w.ColumnStride; {
			case position < 0:
				clear(piece)
			case width == gemmNR:
				w.panel(piece, at)
			default:
				clear(piece)
				w.columns(piece, at, width)
			}
		}
	}
}

// panel packs all channels of one kernel position, 8 columns from the one at. It is most of the time of loading
// a network, so it is written out.
func (w Weights) panel(dst []float32, at int) {
	c, x := w.ColumnStride, w.Data[at:]
	x1, x2, x3, x4, x5, x6, x7 := x[c:], x[2*c:], x[3*c:], x[4*c:], x[5*c:], x[6*c:], x[7*c:]
	i := 0
	for len(dst) >= gemmNR {
		row := (*[gemmNR]float32)(dst)
		row[0], row[1], row[2], row[3] = x[i], x1[i], x2[i], x3[i]
		row[4], row[5], row[6], row[7] = x4[i], x5[i], x6[i], x7[i]
		dst, i = dst[gemmNR:], i+w.ChannelStride
	}
}

// columns is panel with fewer columns.
func (w Weights) columns(dst []float32, at, width int) {
	for j := range width {
		x := w.Data[at+j*w.ColumnStride:]
		for ch := range w.Channels {
			dst[gemmNR*ch+j] = x[ch*w.ChannelStride]
		}
	}
}
