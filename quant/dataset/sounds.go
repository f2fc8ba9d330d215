package dataset

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/quantscope/quantscope/quant/recipe"
)

// maxSound bounds the bytes of a sound file: an hour at 16 kHz is 115 MB.
const maxSound = 128 << 20

// soundExtensions are those of sound files.
func soundExtensions() []string { return []string{".wav", ".pcm"} }

// sounds serve sound files. What an item is depends on the input that takes it, see clips.
type sounds struct {
	*fileSource
	first func() (*sound, error) // of the first file: all have its rate
}

func newSounds(files []File) *sounds {
	s := &sounds{fileSource: newFileSource(files)}
	s.first = sync.OnceValues(func() (*sound, error) { return s.decode(0) })
	return s
}

// decode reads file i.
func (s *sounds) decode(i int) (*sound, error) {
	b, err := s.bytes(i)
	if err != nil {
		return nil, err
	}
	s.note(i, sha256.Sum256(b))
	if s.files[i].extension() == ".pcm" {
		return decodePCM(b)
	}
	return decodeWAV(b)
}

func (s *sounds) bytes(i int) ([]byte, error) { return s.files[i].read(maxSound) }

func (s *sounds) of(input string, inputs int) (source, error) {
	if inputs > 1 {
		return nil, fmt.Errorf("the network has %d inputs, and sounds feed one: give an .npz with an array for each, named as the inputs are, %s among them", inputs, input)
	}
	return s, nil
}

func (s *sounds) size(int, bool) (width, height int) { return 0, 0 }

func (s *sounds) tensor(int, recipe.Preprocess) ([]float32, []int, error) {
	return nil, nil, errors.New("how much of a sound is an item depends on the network: open it first")
}

// clips are sounds as an input takes them: so many samples out of the middle of each.
type clips struct {
	*sounds
	shape            []int // of an item
	channels, length int
	interleaved      bool
}

// clips cuts sounds to an input's shape, the batch left out: [length], [channels, length] or [length, channels] besides
// dimensions of 1.
func (s *sounds) clips(in Input, shape []int) (*clips, error) {
	c := &clips{sounds: s, shape: shape, channels: 1}
	switch d := withoutOnes(shape); {
	case len(d) == 1:
		c.length = d[0]
	case len(d) == 2 && d[0] <= maxChannels:
		c.channels, c.length = d[0], d[1]
	case len(d) == 2 && d[1] <= maxChannels:
		c.length, c.channels, c.interleaved = d[0], d[1], true
	default:
		return nil, fmt.Errorf("input %q takes %v, which are no samples of a sound: where it takes spectra, give them as .npy", in.Name, in.Shape)
	}
	return c, nil
}

// maxChannels is how many channels a sound has at most; a dimension of more is time.
const maxChannels = 8

func (c *clips) tensor(i int, _ recipe.Preprocess) ([]float32, []int, error) {
	first, err := c.first()
	if err != nil && i > 0 {
		err = fmt.Errorf("the first, %s, tells the rate and cannot be read: %w", c.files[0].Name, err)
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := c.decode(i)
	if err != nil {
		return nil, nil, err
	}
	if s.rate != first.rate {
		return nil, nil, fmt.Errorf("it has %d samples a second, %s has %d: resample one of them", s.rate, c.files[0].Name, first.rate)
	}
	x, err := s.take(c.channels, c.length, c.interleaved)
	return x, slices.Clone(c.shape), err
}

// told is what is assumed of the sounds.
func (c *clips) told() []string {
	first, err := c.first()
	if err != nil {
		return nil
	}
	rate := "an unknown number of samples a second"
	if first.rate > 0 {
		rate = fmt.Sprintf("%d samples a second", first.rate)
	}
	return []string{fmt.Sprintf("Sounds have %s, from -1 to 1; of each the middle %d are taken, and nothing is resampled.", rate, c.length)}
}
