//go:build !page

// Package embedded is the built site as a part of the program, where it was built with the tag page, as make release
// does: then quantscope serve needs no folder beside it.
package embedded

import "io/fs"

// Site is the built site, nil in a program without it.
func Site() fs.FS { return nil }
