package q8

// Params are what a stored byte means: (q − Zero)·Scale, Zero being that of the storage.
type Params struct {
	Scale float32
	Zero  int32
}
