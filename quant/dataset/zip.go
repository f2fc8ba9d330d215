package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"github.com/quantscope/quantscope/quant/room"
)

const (
	// maxArchive bounds the files in an archive.
	maxArchive = 1 << 20
	// What unpacks to more than plenty and more than dense times its size is made to fill memory: images and
	// arrays of measured numbers pack to a half or a tenth, and the densest that the format can to a thousandth.
	// An image is packed by its own format already, so that less is plenty.
	plenty      = 256 << 20
	plentyImage = 1 << 20
	dense       = 100

	encrypted = 1 // of an entry's general purpose bits, APPNOTE.TXT 4.4.4
)

// Unzip lists the files of a .zip or .npz, unpacked only when read, their names under the archive's.
func Unzip(f File) ([]File, error) {
	from, err := f.random()
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(from, f.Size)
	if err != nil {
		return nil, errors.New("not a readable zip archive: it is damaged or was cut off; download or pack it again")
	}
	if len(r.File) > maxArchive {
		return nil, fmt.Errorf("%d files in one archive; up to %d are read", len(r.File), maxArchive)
	}
	var out []File
	closed := 0
	for _, e := range r.File {
		if e.FileInfo().IsDir() {
			continue
		}
		if e.Flags&encrypted != 0 {
			closed++
		}
		out = append(out, File{
			Name: strings.TrimSuffix(f.Name, f.extension()) + "/" + strings.ReplaceAll(e.Name, `\`, "/"),
			Size: int64(min(e.UncompressedSize64, math.MaxInt64)),
			Open: func() (io.ReadCloser, error) { return unpack(e, f.Size) },
		})
	}
	if closed > 0 && closed == len(out) {
		return nil, errEncrypted
	}
	return out, nil
}

// random gives the bytes in any order: all of them are read where there is no other way.
func (f File) random() (io.ReaderAt, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	if at, ok := r.(io.ReaderAt); ok {
		return at, nil
	}
	defer r.Close()
	b, err := room.Read(r, f.Size, math.MaxInt64)
	return bytes.NewReader(b), err
}

// unpack opens one entry of an archive of so many bytes.
func unpack(e *zip.File, archive int64) (io.ReadCloser, error) {
	most := uint64(plenty)
	if isImage(strings.ToLower(path.Ext(e.Name))) {
		most = plentyImage
	}
	switch size := e.UncompressedSize64; {
	case e.Flags&encrypted != 0:
		return nil, errEncrypted
	case size > most && size/dense > min(e.CompressedSize64, uint64(archive)):
		return nil, fmt.Errorf("it unpacks to %s, more than %d times what it has in the archive: if that is meant, unpack it first",
			room.Size(int64(min(size, math.MaxInt64))), dense)
	}
	r, err := e.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("it is packed by method %d, which is not known here: pack it by the usual one, deflate", e.Method)
	}
	return unpacked{r}, err
}

// errEncrypted tells of an archive that needs a password.
var errEncrypted = errors.New("it is encrypted: unpack it with its password first")

// unpacked names what goes wrong.
type unpacked struct{ io.ReadCloser }

func (u unpacked) Read(b []byte) (int, error) {
	n, err := u.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("it cannot be unpacked: %w", err)
	}
	return n, err
}
