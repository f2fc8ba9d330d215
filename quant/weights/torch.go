package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/room"
)

func isZip(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

func isPickle(b []byte) bool { return len(b) > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5 }

// storages gives the bytes of a storage by its key.
type storages func(key string) ([]byte, error)

// archive reads what torch.save writes since 1.6: a ZIP archive of data.pkl and one file for each storage. It is nil
// where the archive is another.
func archive(b []byte) (*Dict, error) {
	d := newDict("a PyTorch archive", len(b))
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		if bytes.Contains(b[:min(len(b), 1<<12)], []byte("data.pkl")) {
			return nil, fmt.Errorf("%s that is damaged or cut off: %w", d.Format, err)
		}
		return nil, nil
	}
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return path.Base(f.Name) == "data.pkl" })
	if i < 0 {
		return nil, nil
	}
	dir := path.Dir(z.File[i].Name)
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasPrefix(f.Name, dir+"/code/") }) {
		return nil, errors.New("a TorchScript archive, whose code is not run: export the model to ONNX, or save its state_dict")
	}
	if order := files[path.Join(dir, "byteorder")]; order != nil {
		if text, err := stored(b, order); err == nil && strings.TrimSpace(string(text)) == "big" {
			return nil, fmt.Errorf("%s of a big-endian machine, which is not supported", d.Format)
		}
	}
	head, err := stored(b, z.File[i])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Format, err)
	}
	p := &pickle{b: head}
	root, err := p.load()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Format, err)
	}
	have := map[string][]byte{}
	return d, d.collect(root, func(key string) ([]byte, error) {
		if raw, ok := have[key]; ok {
			return raw, nil
		}
		f := files[path.Join(dir, "data", key)]
		if f == nil {
			return nil, fmt.Errorf("its storage %.40q is not in the archive", key)
		}
		raw, err := stored(b, f)
		have[key] = raw
		return raw, err
	})
}

// stored are the bytes of a file in an archive: those of the archive itself where they are not compressed.
func stored(b []byte, f *zip.File) ([]byte, error) {
	if f.Method == zip.Store {
		at, err := f.DataOffset()
		if err != nil || f.UncompressedSize64 > uint64(len(b)) || at < 0 || at > int64(len(b))-int64(f.UncompressedSize64) {
			return nil, fmt.Errorf("%s lies outside the archive, which may be cut off", f.Name)
		}
		return b[at : at+int64(f.UncompressedSize64)], nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// What deflate makes of a byte is 1032 bytes at most; a file of weights is packed little or not at all.
	return room.Read(r, int64(f.UncompressedSize64), int64(len(b))*unpackFactor)
}

const unpackFactor = 8

// legacy reads what torch.save wrote before 1.6: pickles of a number, a version and a machine, one of the object, one
// of the storages' keys, and then each storage, its length before it.
func legacy(b []byte) (*Dict, error) {
	d := newDict("a PyTorch file", len(b))
	p := &pickle{b: b}
	var root, keys any
	for i := range 5 {
		v, err := p.load()
		if err != nil {
			if i < 2 {
				return nil, errors.New("a Python pickle that torch.save did not write: save what model.state_dict() gives with torch.save")
			}
			return nil, fmt.Errorf("%s: %w", d.Format, err)
		}
		switch i {
		case 3:
			root = v
		case 4:
			keys = v
		}
	}
	widths := p.widths()
	list, ok := keys.(*sequence)
	if !ok {
		return nil, fmt.Errorf("%s: %w", d.Format, errPickle)
	}
	have, at := map[string][]byte{}, p.at
	for _, k := range list.items {
		key, _ := k.(string)
		width := widths[key]
		if width == 0 || len(b)-at < 8 {
			return nil, fmt.Errorf("%s: %w", d.Format, errPickle)
		}
		n := binary.LittleEndian.Uint64(b[at:])
		if at += 8; n > uint64(len(b)-at)/uint64(width) {
			return nil, fmt.Errorf("%s: storage %.40q is cut off", d.Format, key)
		}
		have[key] = b[at : at+int(n)*width]
		at += int(n) * width
	}
	return d, d.collect(root, func(key string) ([]byte, error) { return have[key], nil })
}
