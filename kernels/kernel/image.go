package kernel

// Image is the arguments that say where images lie, channels last: the address of image 0, row 0, pixel 0, channel
// 0, and the bytes from image to image, row to row and pixel to pixel.
type Image[W any] struct{ At, Img, Row, Pix W }
