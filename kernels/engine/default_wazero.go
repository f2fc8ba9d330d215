//go:build !js && !(cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64)))

package engine

// native is the runtime without cgo, or where there is no library of wasmtime; see wasmtime.go.
func native() host { return wazeroHost{} }
