package serve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// site is the built page in memory, by request path: no request reaches the file system.
type site map[string]*file

// file is one file and the compressed forms that the build made of it.
type file struct {
	mediaType string
	plain     []byte
	packed    []packed // the smallest first
	etag      string   // of plain, without quotes
}

// packed is a compressed form of a file.
type packed struct {
	coding string // as HTTP names it
	bytes  []byte
}

// load reads the site that site/build wrote.
func load(root fs.FS) (site, error) {
	s := site{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// Names with _ or . in front are for the platforms that host the site, not for visitors.
		if base := d.Name(); name != "." && strings.ContainsAny(base[:1], "._") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(name); d.IsDir() || ext == ".gz" || ext == ".br" {
			return nil
		}
		f, err := read(root, name)
		if err != nil {
			return err
		}
		s["/"+name] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the site: %w; build it with go run ./site/build", err)
	}
	if s["/index.html"] == nil {
		return nil, errors.New("the folder of the site has no index.html; build the site with go run ./site/build")
	}
	return s, nil
}

func read(root fs.FS, name string) (*file, error) {
	plain, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	f := newFile(mediaType(name), plain)
	for _, p := range []packed{{coding: "br"}, {coding: "gzip"}} {
		ext := map[string]string{"br": ".br", "gzip": ".gz"}[p.coding]
		if p.bytes, err = fs.ReadFile(root, name+ext); err == nil {
			f.packed = append(f.packed, p)
		}
	}
	return f, nil
}

func newFile(mediaType string, plain []byte) *file {
	sum := sha256.Sum256(plain)
	return &file{mediaType: mediaType, plain: plain, etag: hex.EncodeToString(sum[:16])}
}

// mediaType is the type of a file by its name; the machine's own table may lack WebAssembly or be wrong.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".wasm":
		return "application/wasm"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".ico":
		return "image/x-icon"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// serve answers with the file. Browsers keep it and ask each time whether it is still the same, so a
// new build is seen at once.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "no-cache")
	body, etag := f.plain, f.etag
	if len(f.packed) > 0 {
		h.Set("Vary", "Accept-Encoding")
	}
	for _, p := range f.packed {
		if accepts(r, p.coding) {
			h.Set("Content-Encoding", p.coding)
			body, etag = p.bytes, f.etag+"-"+p.coding
			break
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// accepts reads Accept-Encoding as far as browsers use it: a list of names, q=0 to refuse one.
func accepts(r *http.Request, coding string) bool {
	for _, field := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(field, ",") {
			name, q, _ := strings.Cut(part, ";")
			if strings.TrimSpace(name) == coding && strings.Trim(q, " ") != "q=0" {
				return true
			}
		}
	}
	return false
}
