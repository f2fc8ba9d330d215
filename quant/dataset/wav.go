package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// sound is samples, one after the other, of each a number a channel, from -1 to 1.
type sound struct {
	rate     int // samples a second; 0: unknown
	channels int
	samples  []float32
}

// Codings of samples in a WAV file, as its "fmt " chunk names them.
const (
	wavInteger    = 1
	wavFloat      = 3
	wavALaw       = 6
	wavMuLaw      = 7
	wavExtensible = 0xfffe // the coding stands in the first two bytes of a GUID
)

// errWAV tells what files are read.
var errWAV = errors.New("the WAV file is cut off or broken: export it again, as 16-bit PCM for example")

// decodeWAV reads RIFF WAVE: integers of 8 (unsigned), 16, 24 and 32 bits, floats of 32 and 64, any number of channels. An
// integer is divided by half its range, so that the least is -1. Data that is cut off ends with its last whole sample.
func decodeWAV(b []byte) (*sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("it is no WAV file but %s", kind(b))
	}
	var s sound
	var coding, bits int
	for rest := b[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, uint64(len(rest)))]
		switch name {
		case "fmt ":
			if len(body) < 16 {
				return nil, errWAV
			}
			coding, s.channels = int(binary.LittleEndian.Uint16(body)), int(binary.LittleEndian.Uint16(body[2:]))
			s.rate, bits = int(binary.LittleEndian.Uint32(body[4:])), int(binary.LittleEndian.Uint16(body[14:]))
			if coding == wavExtensible && len(body) >= 26 {
				coding = int(binary.LittleEndian.Uint16(body[24:]))
			}
		case "data":
			if s.channels == 0 {
				return nil, errWAV
			}
			err := s.decode(body, coding, bits)
			return &s, err
		}
		rest = rest[min(size+size&1, uint64(len(rest))):] // chunks begin at even places
	}
	return nil, errWAV
}

// decodePCM reads samples without a header: 16-bit integers, little-endian, one channel, at a rate that nobody knows.
func decodePCM(b []byte) (*sound, error) {
	s := &sound{channels: 1}
	return s, s.decode(b, wavInteger, 16)
}

// decode makes numbers of the bytes of samples.
func (s *sound) decode(b []byte, coding, bits int) error {
	var number func(b []byte) float32
	switch {
	case coding == wavInteger && bits == 8:
		number = func(b []byte) float32 { return (float32(b[0]) - 128) / 128 }
	case coding == wavInteger && bits == 16:
		number = func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) / (1 << 15) }
	case coding == wavInteger && bits == 24:
		number = func(b []byte) float32 { return float32(int32(b[0])<<8|int32(b[1])<<16|int32(b[2])<<24) / (1 << 31) }
	case coding == wavInteger && bits == 32:
		number = func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }
	case coding == wavFloat && bits == 32:
		number = func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case coding == wavFloat && bits == 64:
		number = func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case coding == wavALaw || coding == wavMuLaw:
		return errors.New("it is coded by A-law or µ-law: export it as 16-bit PCM")
	default:
		return fmt.Errorf("its samples have the coding %d with %d bits, and integers of 8, 16, 24 and 32 and floats of 32 and 64 bits are read: export it as 16-bit PCM", coding, bits)
	}
	width := bits / 8
	n := len(b) / (width * s.channels) * s.channels
	if n == 0 {
		return errors.New("it holds no sound")
	}
	s.samples = make([]float32, n)
	for i := range s.samples {
		s.samples[i] = number(b[i*width:])
	}
	return nil
}

// take is the middle of a sound, length samples of so many channels, channel by channel or, interleaved, sample by
// sample. Zeros follow a sound that is shorter. One channel is the mean of those there are, and every one of several takes
// the only one there is.
func (s *sound) take(channels, length int, interleaved bool) ([]float32, error) {
	if channels != 1 && s.channels != 1 && channels != s.channels {
		return nil, fmt.Errorf("it has %d channels, the network takes %d", s.channels, channels)
	}
	n := len(s.samples) / s.channels
	from := max(n-length, 0) / 2
	out := make([]float32, channels*length)
	for i := range min(n, length) {
		sample := s.samples[(from+i)*s.channels:][:s.channels]
		for c := range channels {
			at := c*length + i
			if interleaved {
				at = i*channels + c
			}
			switch {
			case channels == s.channels:
				out[at] = sample[c]
			case s.channels == 1:
				out[at] = sample[0]
			default:
				out[at] = mean(sample)
			}
		}
	}
	return out, nil
}

// mean is the sum, in order, by the number.
func mean(x []float32) float32 {
	sum := float32(0)
	for _, v := range x {
		sum += v
	}
	return sum / float32(len(x))
}
