package modelfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/room"
)

// extensions are those of model files.
var extensions = []string{".onnx", ".tflite", ".safetensors", ".pth", ".pt"}

// Extensions are those of the files that Decode reads, but for archives of them.
func Extensions() []string { return slices.Clone(extensions) }

// unpackFactor is how many times its size an archive may unpack to: weights are packed little, and mostly not at all.
const unpackFactor = 64

// unpack takes the model out of a ZIP archive, and gives a reader of the files beside it; nil where b is none or has
// no model in it.
func unpack(b []byte) (model []byte, beside onnx.Reader, err error) {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return nil, nil, nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, errors.New("this is a ZIP archive that is damaged or cut off: download or pack it again")
	}
	var found *zip.File
	nested := ""
	for _, f := range z.File {
		if strings.EqualFold(path.Ext(f.Name), ".zip") {
			nested = path.Base(f.Name)
		}
		if !slices.Contains(extensions, strings.ToLower(path.Ext(f.Name))) || strings.HasPrefix(path.Base(f.Name), ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		if found != nil {
			return nil, nil, fmt.Errorf("this is a ZIP archive of several models, %.100q and %.100q among them: unpack it and choose one",
				path.Base(found.Name), path.Base(f.Name))
		}
		found = f
	}
	if found == nil && nested != "" {
		return nil, nil, fmt.Errorf("this is a ZIP archive without a model in it, but with another archive, %.100q: unpack it and choose that", nested)
	}
	if found == nil {
		return nil, nil, nil
	}
	left := int64(len(b)) * unpackFactor
	take := func(f *zip.File) ([]byte, error) {
		if f.Flags&1 != 0 {
			return nil, errors.New("it is encrypted: unpack the archive with its password")
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		out, err := room.Read(r, int64(min(f.UncompressedSize64, 1<<62)), left)
		left -= int64(len(out))
		return out, err
	}
	if model, err = take(found); err != nil {
		return nil, nil, fmt.Errorf("%s in the archive: %w", path.Base(found.Name), err)
	}
	return model, func(location string) ([]byte, error) {
		name := path.Join(path.Dir(found.Name), location)
		i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
		if i < 0 {
			return nil, errors.New("it is not in the archive")
		}
		return take(z.File[i])
	}, nil
}
