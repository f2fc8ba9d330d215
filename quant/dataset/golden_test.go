package dataset

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/recipe"
)

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func family(t *testing.T, name string) recipe.Preprocess {
	t.Helper()
	for _, f := range recipe.Families() {
		if f.Name == name {
			return f.Preprocess
		}
	}
	t.Fatalf("no family %s", name)
	panic("unreachable")
}

// The preprocessings of recipe.Families give the tensors that the golden networks were run on, bit for bit, from the images
// they were made of.
func TestGoldenInputs(t *testing.T) {
	for _, c := range []struct {
		model, family, data string
		first, count, size  int
		shape               []int // of one image in data
	}{
		{"squeezenet1_0", "imagenet-vgg255", "imagenet_eval39_u8.bin", 0, 1, 224, []int{224, 224, 3}},
		{"mobilenetv2", "imagenet-tf", "imagenet_eval39_u8.bin", 0, 1, 224, []int{224, 224, 3}},
		{"resnet20_cifar10", "cifar", "cifar10_test2000_u8.bin", 64, 16, 32, []int{32, 32, 3}},
		{"efficientnet_b0_cifar10", "cifar", "cifar10_test2000_u8.bin", 64, 16, 32, []int{32, 32, 3}},
		{"lenet_mnist", "mnist", "mnist_test2000_u8.bin", 64, 16, 28, []int{1, 28, 28}},
	} {
		t.Run(c.model, func(t *testing.T) {
			want := read(t, shared.Path(t, "golden", c.model, "input.f32"))
			raw := read(t, shared.Path(t, "golden", "data", c.data))
			bytes := 1
			for _, d := range c.shape {
				bytes *= d
			}
			pixels := Array{DType: "u1", Shape: append([]int{len(raw) / bytes}, c.shape...), data: raw}
			d, err := Open([]File{InMemory("x.npy", pixels.encode())}, FromAuto)
			if err != nil {
				t.Fatal(err)
			}
			p := family(t, c.family)
			p.Resize = 0 // the images are at their final size
			for i := range c.count {
				got, shape, err := d.Tensor(c.first+i, p)
				if err != nil {
					t.Fatal(err)
				}
				if shape[1] != c.size || shape[2] != c.size || len(got) != shape[0]*c.size*c.size {
					t.Fatalf("shape %v, %d values", shape, len(got))
				}
				for k, v := range got {
					w := binary.LittleEndian.Uint32(want[4*(i*len(got)+k):])
					if math.Float32bits(v) != w {
						t.Fatalf("image %d, value %d: %v, want %v", i, k, v, math.Float32frombits(w))
					}
				}
			}
		})
	}
}

// The JPEGs at their original size, decoded, resized and cropped, against PIL's 224×224 results.
// Resizing is exact; what differs is the inverse cosine transform of the two JPEG decoders.
func TestAgainstPIL(t *testing.T) {
	classes := ImageNet()
	files, err := filepath.Glob(filepath.Join(shared.Path(t, "images", "imagenet"), "*.JPEG"))
	if err != nil {
		t.Fatal(err)
	}
	byClass := map[int]string{}
	for _, f := range files {
		wnid, _, _ := strings.Cut(filepath.Base(f), "_")
		if i, ok := classes.wnid(wnid); ok {
			byClass[i] = f
		}
	}
	var index map[string]struct{ Labels []int }
	if err := json.Unmarshal(read(t, shared.Path(t, "golden", "data", "index.json")), &index); err != nil {
		t.Fatal(err)
	}
	const bytes = 224 * 224 * 3
	compared, total := 0, 0.0
	for _, name := range []string{"imagenet_calib64_u8.bin", "imagenet_eval39_u8.bin"} {
		want := read(t, shared.Path(t, "golden", "data", name))
		for n, label := range index[name].Labels {
			file, ok := byClass[label]
			if !ok {
				continue
			}
			m, err := Decode(read(t, file))
			if err != nil {
				t.Fatal(file, err)
			}
			w, h := shorterSide(m.Width, m.Height, 256)
			c, err := centreCrop(resize(m.withChannels(3), w, h), 224, 224)
			if err != nil {
				t.Fatal(file, err)
			}
			sum, worst := 0, 0
			for i, v := range c.Pix {
				d := int(v) - int(want[n*bytes+i])
				d = max(d, -d)
				sum, worst = sum+d, max(worst, d)
			}
			total += float64(sum) / bytes
			if float64(sum)/bytes > 0.1 || worst > 4 {
				t.Errorf("%s: mean |difference| %.4f, largest %d", filepath.Base(file), float64(sum)/bytes, worst)
			}
			t.Logf("%-45s %4d×%-4d mean |difference| %.4f, largest %d", filepath.Base(file), m.Width, m.Height, float64(sum)/bytes, worst)
			compared++
		}
	}
	if compared == 0 {
		t.Fatal("no image to compare")
	}
	t.Logf("%d compared, mean |difference| %.4f of 255", compared, total/float64(compared))
}
