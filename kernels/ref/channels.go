package ref

// ChannelSums gives two sums for each channel of pixels, channels last: of y - shift, and of that times x - mean, pixel by pixel
// from 0 up. Every difference, product and sum is rounded to float32. mean and shift have one number for each channel.
func ChannelSums(x, y, mean, shift []float32) (sums, products []float32) {
	c := len(mean)
	sums, products = make([]float32, c), make([]float32, c)
	for i, v := range y {
		d := v - shift[i%c]
		sums[i%c] += d
		products[i%c] += float32(d * (x[i] - mean[i%c]))
	}
	return sums, products
}

// ChannelBlend makes a·y + (b·(x - mean) + c) of pixels, channels last; a, b, c and mean have one number for each channel. Every
// difference, product and sum is rounded to float32.
func ChannelBlend(to, x, y, mean, a, b, c []float32) {
	for i := range to {
		k := i % len(mean)
		to[i] = float32(a[k]*y[i]) + (float32(b[k]*(x[i]-mean[k])) + c[k])
	}
}
