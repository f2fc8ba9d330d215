package evaluate

// comparers bounds the workers that compare layers: adding up what every layer makes takes one thread about
// as long as the networks, and every value of every network is kept.
const comparers = 2

// Memory is the bytes of the Runners where one that keeps nothing takes plain, and one that keeps every
// value whole.
func Memory(workers int, plain, whole int64) int64 {
	compare := int64(3*min(workers, comparers)+2) * whole // and two for the steps
	return max(compare, 3*int64(workers)*plain)
}
