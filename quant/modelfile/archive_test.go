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

// TestGarbage says of what is no model which formats there are, and of an archive what is in it.
func TestGarbage(t *testing.T) {
	archived := func(name, content string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(content))
		z.Close()
		return b.String()
	}
	for content, want := range map[string]string{
		"\x1c\x00\x00\x00TFL9 and more":    "of a format that is read here (.onnx, .tflite,",
		"\xb5\x17\x9a garbage":             "of a format that is read here",
		"":                                 "an empty file; choose a model (.onnx, .tflite,",
		archived("a.txt", "text"):          "a ZIP archive without a model in it; choose",
		archived("in/inner.zip", "PK"):     `another archive, "inner.zip"`,
		archived("a.onnx", "\xb5\x17\x9a"): "of a format that is read here",
		"\x08\x07\x12\x02ab\x03":           "not a valid ONNX file",
	} {
		if _, _, err := Decode([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", content, err)
		}
	}
}
