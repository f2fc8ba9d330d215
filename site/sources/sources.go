// Package sources says where the page may fetch a model from besides its own origin: hosts of public models that let
// other pages read their files. The page's policy lets in no others, and store refuses them with a reason.
package sources

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Hosts are those that an address may name.
func Hosts() []string {
	return []string{"huggingface.co", "raw.githubusercontent.com", "cdn.jsdelivr.net", "unpkg.com"}
}

// Redirects are hosts that those send on to.
func Redirects() []string { return []string{"*.huggingface.co", "*.hf.co"} }

// File gives the address of a file that a user named, maybe by the page that shows it, and its name.
func File(text string) (address, name string, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", "", errors.New("it has to begin with https:// and name a file")
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case u.Host == "github.com" && len(parts) > 4 && (parts[2] == "blob" || parts[2] == "raw"):
		u.Host, parts = "raw.githubusercontent.com", slices.Delete(parts, 2, 3)
	case u.Host == "huggingface.co" && len(parts) > 4 && parts[2] == "blob":
		parts[2] = "resolve"
	}
	if !slices.Contains(Hosts(), u.Host) {
		return "", "", fmt.Errorf("this page may fetch from %s only", strings.Join(Hosts(), ", "))
	}
	if name = path.Base(u.Path); path.Ext(name) == "" {
		return "", "", errors.New("it names no file, such as model.onnx")
	}
	u.Path, u.RawPath, u.Fragment = "/"+strings.Join(parts, "/"), "", ""
	return u.String(), name, nil
}
