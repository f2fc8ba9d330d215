package modelfile

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// TestArchives opens an archive with one model in it, whatever lies beside it, and refuses to choose among several.
func TestArchives(t *testing.T) {
	for want, names := range map[string][]string{
		"":               {"net/model.ONNX", "net/w.bin", "labels.csv", "__MACOSX/net/model.onnx", ".model.onnx"},
		"several models": {"a.onnx", "a.tflite"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(name))
		}
		z.Close()
		model, beside, err := unpack(b.Bytes())
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %v", names, err)
			}
			continue
		}
		if err != nil || string(model) != names[0] {
			t.Fatalf("%v: %q, %v", names, model, err)
		}
		if w, err := beside("w.bin"); err != nil || string(w) != "net/w.bin" {
			t.Errorf("%q, %v", w, err)
		}
		if _, err := beside("../labels.csv"); err != nil {
			t.Error(err)
		}
		if _, err := beside("absent.bin"); err == nil {
			t.Error("a file that is absent is read")
		}
	}
}
