package sources

import "testing"

func TestFile(t *testing.T) {
	for in, want := range map[string][2]string{
		"https://huggingface.co/a/b/blob/main/onnx/model.onnx":         {"https://huggingface.co/a/b/resolve/main/onnx/model.onnx", "model.onnx"},
		"https://huggingface.co/a/b/resolve/main/m.onnx?download=true": {"https://huggingface.co/a/b/resolve/main/m.onnx?download=true", "m.onnx"},
		" https://github.com/a/b/blob/v1/x/m.tflite#L1 ":               {"https://raw.githubusercontent.com/a/b/v1/x/m.tflite", "m.tflite"},
		"https://unpkg.com/p@1.0.0/m.onnx":                             {"https://unpkg.com/p@1.0.0/m.onnx", "m.onnx"},
	} {
		address, name, err := File(in)
		if err != nil || address != want[0] || name != want[1] {
			t.Errorf("%s: %s, %s, %v", in, address, name, err)
		}
	}
	for _, in := range []string{"", "model.onnx", "http://unpkg.com/m.onnx", "https://example.com/m.onnx", "https://huggingface.co/a/b", "https://me:secret@unpkg.com/m.onnx", "https://unpkg.com:8443/m.onnx", "https://huggingface.co.evil.org/m.onnx", "https://github.com/a/b"} {
		if address, _, err := File(in); err == nil {
			t.Errorf("%s is fetched from %s", in, address)
		}
	}
}
