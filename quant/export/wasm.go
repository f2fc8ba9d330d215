package export

import (
	"context"
	"maps"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/standalone"
)

// writeWasm writes the network as it runs here. There is no form to read back: the module has the answers to the
// receipt's probes, and checks itself.
func writeWasm(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	module, err := standalone.Module(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	page, err := standalone.Page(module, name, c.Recipe)
	if err != nil {
		return nil, nil, err
	}
	files := []File{{name + ".wasm", module}, {name + ".html", page}}
	hosts := standalone.Hosts()
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		files = append(files, File{name + "." + host, hosts[host]})
	}
	return files, nil, nil
}
