package dataset

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/quantscope/quantscope/quant/recipe"
)

// heavy is how many bytes a file or its decoding takes that waits for the other heavy ones: images are
// decoded by several workers at a time, and memory is for one such.
const heavy = 64 << 20

// fileSource serves image files. Calibration, comparison and evaluation, and every further run with
// another recipe, take the same images: decoded pixels and digests are kept from the first time.
type fileSource struct {
	files   []File
	decoder Decoder
	alone   sync.Mutex // held while something heavy is read and decoded
	mu      sync.Mutex
	sums    []*[sha256.Size]byte // of the files read so far
	sizes   [][2]int             // width and height of the images decoded so far
	kept    kept
}

func newFileSource(files []File) *fileSource {
	return &fileSource{files: files, decoder: DecodeTo, sums: make([]*[sha256.Size]byte, len(files)), sizes: make([][2]int, len(files))}
}

func (s *fileSource) len() int                    { return len(s.files) }
func (s *fileSource) name(i int) string           { return s.files[i].Name }
func (s *fileSource) bytes(i int) ([]byte, error) { return s.files[i].read(maxImageFile) }

func (s *fileSource) of(input string, inputs int) (source, error) {
	if inputs > 1 {
		return nil, fmt.Errorf("the network has %d inputs, and images feed one: give an .npz with an array for each, named as the inputs are, %s among them", inputs, input)
	}
	return s, nil
}

// sum reads the file where that has not been done yet.
func (s *fileSource) sum(i int) (sum [sha256.Size]byte, err error) {
	s.mu.Lock()
	known := s.sums[i]
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	if s.files[i].Size > heavy {
		s.alone.Lock()
		defer s.alone.Unlock()
	}
	b, err := s.bytes(i)
	if err != nil {
		return sum, err
	}
	sum = sha256.Sum256(b)
	s.note(i, sum)
	return sum, nil
}

// note keeps the digest of file i.
func (s *fileSource) note(i int, sum [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums[i] = &sum
}

func (s *fileSource) tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	if err := check(p); err != nil {
		return nil, nil, err
	}
	m := s.find(i, p)
	if m == nil {
		var err error
		if m, err = s.decode(i, p); err != nil {
			return nil, nil, err
		}
		s.keep(i, p, m)
	}
	x, shape := normalise(p, m)
	return x, shape, nil
}

// decode reads image i and brings it to size.
func (s *fileSource) decode(i int, p recipe.Preprocess) (*Image, error) {
	waited := s.files[i].Size > heavy
	if waited {
		s.alone.Lock()
		defer s.alone.Unlock()
	}
	b, err := s.files[i].image()
	if err != nil {
		return nil, err
	}
	picture, err := open(b)
	if err != nil {
		s.note(i, sha256.Sum256(b))
		return nil, err
	}
	decode := s.decoder
	if picture.memory() > heavy {
		decode = DecodeTo // here, as one such at a time is what memory is for
		if !waited {
			s.alone.Lock()
			defer s.alone.Unlock()
		}
	}
	d, err := decode(b, p)
	if err != nil {
		s.note(i, sha256.Sum256(b))
		return nil, err
	}
	s.note(i, d.Sum)
	s.mu.Lock()
	s.sizes[i] = [2]int{d.Width, d.Height}
	s.mu.Unlock()
	return d.Image, nil
}

// size is that of image i, as it was decoded. One that somebody else has decoded is asked for what it declares.
func (s *fileSource) size(i int, upright bool) (width, height int) {
	s.mu.Lock()
	known := s.sizes[i]
	s.mu.Unlock()
	if known != [2]int{} {
		return known[0], known[1]
	}
	b, err := s.files[i].image()
	if err != nil {
		return 0, 0
	}
	picture, err := open(b)
	if err != nil {
		return 0, 0
	}
	if upright && orientation(b) >= 5 { // on its side
		return picture.height, picture.width
	}
	return picture.width, picture.height
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
