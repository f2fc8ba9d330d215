module github.com/quantscope/quantscope

go 1.26.0

require (
	github.com/andybalholm/brotli v1.2.0
	github.com/bytecodealliance/wasmtime-go/v39 v39.0.1
	github.com/hexops/vecty v0.6.0
	github.com/schollz/progressbar/v3 v3.19.1
	github.com/syumai/workers v0.32.0
	github.com/tetratelabs/wazero v1.12.0
	go.etcd.io/bbolt v1.5.0
	go.yaml.in/yaml/v3 v3.0.4
	golang.org/x/image v0.47.0
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.47.0
	gonum.org/v1/gonum v0.17.0
	google.golang.org/protobuf v1.36.12
	rsc.io/qr v0.2.0
)

require (
	github.com/kr/text v0.2.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
)

replace github.com/hexops/vecty => ./site/vecty
