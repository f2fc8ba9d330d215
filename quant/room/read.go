package room

import (
	"errors"
	"fmt"
	"io"
)

// free is what is taken without asking: asking takes time too.
const free = 1 << 20

// Read takes the size bytes that r is said to have, and nothing more: it refuses, before it takes any
// memory, more than most of them and more than half of what is left, since what is read has still to be
// made something of. r that has fewer or more bytes than it is said to is an error.
func Read(r io.Reader, size, most int64) ([]byte, error) {
	if size > most {
		return nil, fmt.Errorf("it has %s, and up to %s are read here", Size(size), Size(most))
	}
	if size > free && size > Left()/2 {
		return nil, fmt.Errorf("it has %s, and of memory %s are left", Size(size), Size(Left()))
	}
	b := make([]byte, size)
	if n, err := io.ReadFull(r, b); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("it ends after %d of the %d bytes that it is said to have", n, size)
	} else if err != nil {
		return nil, err
	}
	for {
		n, err := r.Read(make([]byte, 1))
		switch {
		case n > 0:
			return nil, fmt.Errorf("it has more than the %d bytes that it is said to have", size)
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, err
		}
	}
}

// Size is a number of bytes for people.
func Size(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
