//go:build page

package embedded

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Site is the built site.
func Site() fs.FS {
	site, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("embedded: " + err.Error()) // the name is a constant
	}
	return site
}
