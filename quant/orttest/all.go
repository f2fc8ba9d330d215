package orttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
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
}

// RunAll runs models one after the other in one process of ONNX Runtime and fills their outputs in; engine,
// level and where it is skipped are those of Run.
func RunAll(t *testing.T, engine, level string, jobs []Job) {
	t.Helper()
	engine = exact(t, engine)
	node, script := find(t, engine, "ortall.mjs")
	dir := t.TempDir()
	type file struct {
		Name string `json:"name"`
		Dims []int  `json:"dims,omitempty"`
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
			list[i].Inputs = append(list[i].Inputs, file{x.Name, x.Shape, write(fmt.Sprint(i, ".in", k), littleEndian(x.Data))})
		}
		for k, y := range j.Outputs {
			list[i].Outputs = append(list[i].Outputs, file{y.Name, nil, filepath.Join(dir, fmt.Sprint(i, ".out", k))})
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, script, engine, level)
	cmd.Stdin = bytes.NewReader(b)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ONNX Runtime (%s): %v\n%s", engine, err, b[max(0, len(b)-2000):])
	}
	for i := range jobs {
		for k := range jobs[i].Outputs {
			if jobs[i].Outputs[k].Data, err = readFloats(list[i].Outputs[k].File); err != nil {
				t.Fatal(err)
			}
		}
	}
}
