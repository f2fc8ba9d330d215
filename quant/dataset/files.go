package dataset

import (
	"crypto/sha256"
	"sync"

	"github.com/quantscope/quantscope/quant/recipe"
)

// fileSource serves image files. Calibration, comparison and evaluation, and every further run with
// another recipe, take the same images: decoded pixels and digests are kept from the first time.
type fileSource struct {
	files []File
	mu    sync.Mutex
	sums  []*[sha256.Size]byte // of the files read so far
	kept  kept
}

func newFileSource(files []File) *fileSource {
	return &fileSource{files: files, sums: make([]*[sha256.Size]byte, len(files))}
}

func (s *fileSource) len() int                    { return len(s.files) }
func (s *fileSource) name(i int) string           { return s.files[i].Name }
func (s *fileSource) bytes(i int) ([]byte, error) { return s.files[i].Read() }

// read gives file i with its digest, and notes that.
func (s *fileSource) read(i int) (b []byte, sum [sha256.Size]byte, err error) {
	if b, err = s.files[i].Read(); err != nil {
		return nil, sum, err
	}
	sum = sha256.Sum256(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums[i] = &sum
	return b, sum, nil
}

func (s *fileSource) sum(i int) ([sha256.Size]byte, error) {
	s.mu.Lock()
	known := s.sums[i]
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	_, sum, err := s.read(i)
	return sum, err
}

func (s *fileSource) tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	if err := check(p); err != nil {
		return nil, nil, err
	}
	m := s.find(i, p)
	if m == nil {
		b, _, err := s.read(i)
		if err != nil {
			return nil, nil, err
		}
		if m, err = Decode(b); err != nil {
			return nil, nil, err
		}
		if m, err = fit(p, m); err != nil {
			return nil, nil, err
		}
		s.keep(i, p, m)
	}
	x, shape := normalise(p, m)
	return x, shape, nil
}

func (s *fileSource) find(i int, p recipe.Preprocess) *Image {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.find(i, sizeOf(p))
}

func (s *fileSource) keep(i int, p recipe.Preprocess, m *Image) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept.keep(i, sizeOf(p), m)
}
