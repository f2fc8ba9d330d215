package orttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
)

// Job is a model with its inputs, and after RunAll its outputs.
type Job struct {
	Model   []byte
	Inputs  []Tensor
	Outputs []Tensor // of which the names are given
}

// Tensor is an input or output.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
	Type  string // of an input that is not float32, as JavaScript's ONNX Runtime calls it: "int64"
}

// RunAll runs models one after the other in one process of ONNX Runtime and fills their outputs in; engine,
// level and where it is skipped are those of Run.
func RunAll(t *testing.T, engine, level string, jobs []Job) {
	t.Helper()
	engine = exact(t, engine)
	node, script := find(t, engine, "ortall.mjs")
	runAll(t, jobs, "ONNX Runtime ("+engine+")", node, script, engine, level)
}

// Models is the folder of the npm packages that hold networks, with LiteRT.js beside them: npm/package.json. The
// test is skipped where they are not installed.
func Models(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(shared.Project(t), "quant", "orttest", "npm", "node_modules")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs the packages of quant/orttest/npm: make models")
	}
	return dir
}

// LiteRT is RunAll for TensorFlow Lite files, in LiteRT.js. Inputs and outputs are in the order of the file.
func LiteRT(t *testing.T, jobs []Job) {
	t.Helper()
	script := filepath.Join(filepath.Dir(Models(t)), "litert.mjs")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node.js")
	}
	runAll(t, jobs, "LiteRT.js", node, script)
}

// PyTorch is RunAll by testdata/double.py in "float64", the truth for networks in which rounding grows, or "float32". The
// test fails where there is no PyTorch to do it.
func PyTorch(t *testing.T, precision string, jobs []Job) {
	t.Helper()
	script := filepath.Join(shared.Project(t), "quant", "orttest", "testdata", "double.py")
	runAll(t, jobs, "Debian's python3-torch and python3-onnx", "/usr/bin/python3", script, precision)
}

func runAll(t *testing.T, jobs []Job, what string, command ...string) {
	t.Helper()
	dir := t.TempDir()
	type file struct {
		Name string `json:"name"`
		Dims []int  `json:"dims,omitempty"`
		Type string `json:"type,omitempty"`
		File string `json:"file"`
	}
	type job struct {
		Model   string `json:"model"`
		Inputs  []file `json:"inputs"`
		Outputs []file `json:"outputs"`
	}
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list := make([]job, len(jobs))
	for i, j := range jobs {
		list[i].Model = write(fmt.Sprint(i, ".onnx"), j.Model)
		for k, x := range j.Inputs {
			list[i].Inputs = append(list[i].Inputs, file{x.Name, x.Shape, x.Type, write(fmt.Sprint(i, ".in", k), littleEndian(x.Data))})
		}
		for k, y := range j.Outputs {
			list[i].Outputs = append(list[i].Outputs, file{Name: y.Name, File: filepath.Join(dir, fmt.Sprint(i, ".out", k))})
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin = bytes.NewReader(b)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", what, err, b[max(0, len(b)-2000):])
	}
	for i := range jobs {
		for k := range jobs[i].Outputs {
			if jobs[i].Outputs[k].Data, err = readFloats(list[i].Outputs[k].File); err != nil {
				t.Fatal(err)
			}
		}
	}
}
