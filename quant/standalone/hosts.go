package standalone

import (
	"embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
)

//go:embed hosts
var hosts embed.FS

// Hosts are the programs that run any module, by their file names.
func Hosts() map[string][]byte {
	out := map[string][]byte{}
	for _, name := range []string{"host.mjs", "host.py", "host.go"} {
		out[name] = file(name)
	}
	return out
}

// Page is a web page with the module inside, which needs no server: it checks the module, times it, and where the
// network takes one image, shows the five greatest numbers of its first output for an image of the user's.
func Page(module []byte, name string, r recipe.Recipe) ([]byte, error) {
	pre, err := json.Marshal(r.Preprocess)
	if err != nil {
		return nil, err
	}
	fill := strings.NewReplacer(
		"{{.Name}}", html.EscapeString(name), "{{.Preprocess}}", string(pre), "{{.ClassOffset}}", strconv.Itoa(r.Data.ClassOffset), "{{.Wasm}}", base64.StdEncoding.EncodeToString(module),
	)
	return []byte(fill.Replace(string(file("page.html")))), nil
}

func file(name string) []byte {
	b, err := hosts.ReadFile("hosts/" + name)
	if err != nil {
		panic(err) // a file of ours
	}
	return b
}
