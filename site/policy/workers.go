package policy

import "strings"

// HeadersFile is the name of the file from which Cloudflare takes the headers of static files.
const HeadersFile = "_headers"

// File is a text file in the root of the built site.
type File struct{ Name, Text string }

// WorkersFiles returns what Cloudflare has to find beside the static files to serve them as the
// native server does.
func WorkersFiles() []File {
	var headers strings.Builder
	headers.WriteString("/*\n")
	for _, h := range Headers() {
		headers.WriteString("  " + h.Name + ": " + h.Value + "\n")
	}
	return []File{
		{HeadersFile, headers.String()},
		// A shared link is the page itself, which reads the id from its address.
		{"_redirects", "/r / 200\n/r/* / 200\n"},
		// The Worker serves programs in their brotli form; Cloudflare compresses the rest by itself.
		{".assetsignore", "*.gz\n*.js.br\n*.css.br\n*.html.br\n*.txt.br\n"},
	}
}
