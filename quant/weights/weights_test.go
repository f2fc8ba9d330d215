package weights

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// files are the small ones of package zoo.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"cifar_zip", "cifar_legacy", "cifar_safetensors"} {
		b, err := os.ReadFile(filepath.Join("..", "zoo", "testdata", name+".pth"))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	return all
}

func TestDecode(t *testing.T) {
	for name, b := range files(t) {
		d, err := Decode(b)
		if err != nil {
			t.Fatal(name, err)
		}
		d.Unwrapped()
		w := d.Tensors["conv1.weight"]
		if w == nil || len(w.Dims) != 4 || w.Dims[0] != 4 || len(w.Raw) != 4*3*3*3*4 {
			t.Errorf("%s: %+v", name, w)
		}
		if _, err := Decode(b[:len(b)/2]); err == nil {
			t.Errorf("%s: half of it was read", name)
		}
	}
}

// What is another kind of file is told so.
func TestOthers(t *testing.T) {
	text := `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`
	safe := func(header string) string {
		return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + header
	}
	for b, want := range map[string]string{
		"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x07sklearn\x94\x8c\x01X\x94\x93)\x81.": "torch.save did not write",
		safe(text) + "abcd":       `tensor "a": its shape [2] needs 8 bytes`,
		safe(text)[:30]:           "a safetensors file cut off in its header",
		safe(`{"a":5}`):           `tensor "a": its entry in the header is not a dtype`,
		safe(`{"a":{"dtype":7}}`): `tensor "a": its entry in the header is not a dtype`,
		safe(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`) + "abcdef": `"a" and "b" lie on the same bytes`,
		safe(`{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}`) + "a":                                                       "save it as F32",
		"\xff\xff\xff\xff\xff\xff\xff\xff" + text:                                                                                      "header would have 18446744073709551615 bytes",
		"\x02\x00\x00\x00\x00\x00\x00\x00{}":                                                                                           "without tensors",
		safe(`{` + strings.Repeat(`"data_offsets",`, 1<<16+1)):                                                                         "over the limit of 65536",
		"\x80\x02" + strings.Repeat("(", 1<<20):                                                                                        "torch.save did not write",
		safe(`{"a"}`):                                                                                                                  "header is no JSON object",
		"\x02\x00\x00\x00\x00\x00\x00\x00{}ab":                                                                                         "without tensors",
	} {
		if _, err := Decode([]byte(b)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	if d, err := Decode([]byte("\x08\x07\x12\x02ab\x00\x00\x00\x00\x00")); d != nil || err != nil {
		t.Error(d, err)
	}
}

// A file makes no more of itself than its size justifies, and is refused in a sentence.
func FuzzDecode(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b)
	}
	f.Add([]byte("\x80\x02}q\x00(X\x01\x00\x00\x00ah\x00X\x01\x00\x00\x00bh\x00u."))
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(b)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 512*uint64(len(b))+1<<22 {
			t.Fatalf("%d bytes took %d", len(b), took)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Fatal(err)
		}
	})
}
