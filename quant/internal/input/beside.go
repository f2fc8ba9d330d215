package input

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/room"
)

// MaxModel is the largest protobuf message there can be.
const MaxModel = 2 << 30

// Beside reads external data files from the folder of a model and from nowhere else: a
// location that leads out of it, by dots or by a link, is refused.
func Beside(model string) onnx.Reader {
	return func(location string) ([]byte, error) {
		if !filepath.IsLocal(filepath.FromSlash(location)) {
			return nil, errors.New("it lies outside the model's folder and is not read")
		}
		root, err := os.OpenRoot(filepath.Dir(model))
		if err != nil {
			return nil, Told(err)
		}
		defer root.Close()
		b, err := inside(root, filepath.FromSlash(location))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("it is not in the model's folder, %s", filepath.Dir(model))
		}
		return b, Told(err)
	}
}

// inside reads a file below root.
func inside(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(name)
	if err == nil {
		err = Readable(info)
	}
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return room.Read(f, info.Size(), math.MaxInt64)
}
