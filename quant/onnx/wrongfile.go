package onnx

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// WrongFile says that a file is of another kind than ONNX, and what to do.
type WrongFile struct {
	Kind   string // with its article: "a PyTorch archive"
	Advice string
}

func (e *WrongFile) Error() string { return "this is " + e.Kind + "; " + e.Advice }

// Advice for what can become ONNX and for what cannot.
const (
	exportFirst = "export it to ONNX first"
	chooseModel = "choose a model (.onnx, .tflite, .safetensors, .pth), or a .zip of one"
	saveArrays  = "to quantize with such inputs, save what the network takes of them (waveform, spectrogram, frames) as .npy or .npz, one item for each index of the first dimension"
)

// magics are the kinds of file known by bytes at a fixed place; the first that fits says which.
var magics = [...]struct {
	at           int
	magic        string
	kind, advice string
}{
	{4, "TFL3", "a TensorFlow Lite model", "convert it to ONNX first, with tf2onnx --tflite"},
	{4, "ORTM", "an ONNX Runtime format (.ort) model", "use the .onnx file it was made from"},
	{0, "\x89HDF\r\n\x1a\n", "an HDF5 file (Keras)", "export it to ONNX first, with tf2onnx"},
	{0, "GGUF", "a GGUF model", exportFirst},
	{0, "\x89PNG\r\n\x1a\n", "a PNG image", chooseModel},
	{0, "\xff\xd8\xff", "a JPEG image", chooseModel},
	{0, "GIF8", "a GIF image", chooseModel},
	{0, "OggS", "a sound (Ogg)", saveArrays},
	{0, "fLaC", "a sound (FLAC)", saveArrays},
	{0, "ID3", "a sound (MP3)", saveArrays},
	{0, "\xff\xfb", "a sound (MP3)", saveArrays},
	{0, "\x1aE\xdf\xa3", "a video (WebM or Matroska)", saveArrays},
	{0, "%PDF-", "a PDF document", chooseModel},
	{0, "\x1f\x8b", "a gzip archive", "unpack it and choose the model inside"},
	{0, "\x93NUMPY", "a NumPy array (.npy)", chooseModel},
	{0, "\x00asm", "a WebAssembly module", chooseModel},
	{0, "7767517\n", "an ncnn parameter file", "use the ONNX model it was made from"},
	{0, "version https://git-lfs", "a Git LFS pointer, not the model itself", "fetch the model with git lfs pull"},
}

// otherFile says what b is where it is recognisably not ONNX; nil where it may be.
func otherFile(b []byte) error {
	if len(b) == 0 {
		return &WrongFile{"an empty file", chooseModel}
	}
	for _, m := range magics {
		if len(b) >= m.at+len(m.magic) && string(b[m.at:m.at+len(m.magic)]) == m.magic {
			return &WrongFile{m.kind, m.advice}
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("RIFF")) && len(b) >= 12:
		return riffKind(string(b[8:12]))
	case len(b) >= 8 && b[0] == 0 && string(b[4:8]) == "ftyp":
		return &WrongFile{"a video or a sound (MP4)", saveArrays}
	case bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return zipKind(b)
	case len(b) > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5:
		// In protobuf that would be field 32, 48, 64 or 80, which ModelProto does not have.
		return &WrongFile{"a Python pickle (an old PyTorch .pth, or another library's)", exportFirst}
	case safetensors(b):
		return &WrongFile{"a safetensors file, which has weights and no network", "export the network to ONNX"}
	case savedModel(b):
		return &WrongFile{"a TensorFlow SavedModel", "convert it to ONNX first, with tf2onnx"}
	case graphDef(b):
		return &WrongFile{"a TensorFlow frozen graph", "convert it to ONNX first, with tf2onnx"}
	}
	return textKind(b)
}

// zipKind looks at the names of a ZIP archive's first members.
func zipKind(b []byte) error {
	head := b[:min(len(b), 1<<12)]
	switch {
	case bytes.Contains(head, []byte("data.pkl")) || bytes.Contains(head, []byte("constants.pkl")):
		return &WrongFile{"a PyTorch archive", exportFirst + ", with torch.onnx.export"}
	case bytes.Contains(head, []byte("model.weights.h5")) || bytes.Contains(head, []byte("config.json")):
		return &WrongFile{"a Keras archive", "export it to ONNX first, with tf2onnx"}
	case bytes.Contains(head, []byte(".npy")):
		return &WrongFile{"a NumPy archive (.npz)", chooseModel}
	}
	return &WrongFile{"a ZIP archive without a model in it", chooseModel}
}

// riffKind tells the contents of a RIFF file apart.
func riffKind(form string) error {
	switch form {
	case "WEBP":
		return &WrongFile{"a WebP image", chooseModel}
	case "WAVE":
		return &WrongFile{"a sound (WAV)", chooseModel}
	}
	return &WrongFile{"a video (RIFF)", saveArrays}
}

// safetensors is the length of a JSON header, then the header.
func safetensors(b []byte) bool {
	return len(b) > 10 && binary.LittleEndian.Uint64(b) < 1<<32 && string(b[8:10]) == `{"`
}

// savedModel is saved_model_schema_version = 1, then a MetaGraphDef that begins with its MetaInfoDef.
// An ONNX file of IR version 1 would have the producer's name there, which begins with no newline.
func savedModel(b []byte) bool {
	if len(b) < 6 || b[0] != 0x08 || b[1] != 0x01 || b[2] != 0x12 {
		return false
	}
	_, n := binary.Uvarint(b[3:])
	return n > 0 && len(b) > 3+n && b[3+n] == 0x0a
}

// graphDef is a list of nodes in field 1, each with its name first. In ONNX field 1 is a number.
func graphDef(b []byte) bool {
	if b[0] != 0x0a {
		return false
	}
	_, n := binary.Uvarint(b[1:])
	return n > 0 && len(b) > 1+n && b[1+n] == 0x0a
}

// textKind recognises text by its first characters.
func textKind(b []byte) error {
	head := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(b[:min(len(b), 256)]), "\ufeff"), " \t\r\n"))
	switch {
	case head == "":
		return &WrongFile{"a file of blanks", chooseModel}
	case b[0] == 0x08 || b[0] == 0x0a && head[0] != '{' && head[0] != '[' && head[0] != '<':
		return nil // the first field of protobuf
	case strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html"):
		return &WrongFile{"a web page (HTML)", "the download may have failed: " + chooseModel}
	case strings.HasPrefix(head, "<?xml") || strings.HasPrefix(head, "<net"):
		return &WrongFile{"an XML file (OpenVINO?)", "use the ONNX model it was made from"}
	case head[0] == '{' || head[0] == '[' && len(head) > 1 && strings.ContainsAny(head[1:2], "{[\"0123456789-] \t\r\n"):
		return &WrongFile{"a JSON file", chooseModel}
	}
	return nil
}
