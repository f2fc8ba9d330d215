package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"image/color"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/recipe"
)

// flat is a small PNG of one colour.
func flat(t testing.TB, name string, v uint8) File {
	m := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		m.Set(i%4, i/4, color.RGBA{v, v / 2, 0, 255})
	}
	return InMemory(name, pngOf(t, m))
}

func zipOf(t testing.TB, files ...File) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := f.read(16 << 20)
		e.Write(content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// labels opens files and gives their labels in order.
func labels(t *testing.T, from LabelSource, files ...File) ([]int, *Dataset) {
	t.Helper()
	d, err := Open(files, from)
	if err != nil {
		t.Fatal(err)
	}
	var l []int
	for i := range d.Len() {
		l = append(l, d.Label(i))
	}
	return l, d
}

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		name, from LabelSource
		files      []string
		list, csv  string
		want       []int // in the order of the names
	}{
		{"folders", FromAuto, []string{"d/cat/1.png", "d/dog/1.png", "d/ant/2.png"}, "", "", []int{0, 1, 2}},
		{"numbered folders", FromAuto, []string{"d/10/1.png", "d/2/1.png", "d/7/2.png"}, "", "", []int{10, 2, 7}},
		{"wnid folders", FromAuto, []string{"n15075141/a.png", "n01440764/a.png"}, "", "", []int{0, 999}},
		{"one wnid folder", FromAuto, []string{"n15075141/a.png", "n15075141/b.png"}, "", "", []int{999, 999}},
		{"wnid prefixes", FromAuto, []string{"x/n01443537_goldfish.png", "x/n01440764_10026.png"}, "", "", []int{0, 1}},
		{"prefixes", FromPrefix, []string{"dog.1.png", "cat_2.png", "cat (3).png"}, "", "", []int{0, 0, 1}},
		{"prefixes of a list", FromAuto, []string{"sea lion 1.png", "sea-4.png", "Sea_Lion_2.png"}, "sea\nsea_lion\n", "", []int{1, 1, 0}},
		{"list", FromAuto, []string{"b/1.png", "a/1.png", "c/1.png"}, "0\tn00000001\tc\n1\tn00000002\tb\n2 n00000003 a\n", "", []int{2, 1, 0}},
		{"list by wnid", FromAuto, []string{"n00000002/1.png", "n00000001/1.png"}, "n00000002 b\nn00000001 a\n", "", []int{1, 0}},
		{"not in the list", FromFolder, []string{"a/1.png", "z/1.png"}, "a\nb\n", "", []int{0, -1}},
		{"CSV", FromAuto, []string{"d/a/1.png", "d/b/1.png", "d/x.png", "y.png"}, "", "file,class\na/1.png,3\nb/1.png,1\nx,0\n", []int{3, 1, 0, -1}},
		{"CSV of names", FromCSV, []string{"1.png", "2.png"}, "", "1.png;pear;0.5\n2.png;apple;0.4\n", []int{1, 0}},
		{"CSV with -1 for no class", FromAuto, []string{"1.png", "2.png", "3.png"}, "", "1.png,10\n2.png,2\n3.png,-1\n", []int{10, 2, -1}},
		{"none", FromNone, []string{"a/1.png", "b/1.png"}, "", "", []int{-1, -1}},
		{"nothing to find", FromAuto, []string{"IMG_1.png", "IMG_2.png"}, "", "", []int{-1, -1}},
	} {
		var files []File
		for i, n := range c.files {
			files = append(files, flat(t, n, uint8(i)))
		}
		if c.list != "" {
			files = append(files, InMemory("classes.txt", []byte(c.list)))
		}
		if c.csv != "" {
			files = append(files, InMemory("labels.csv", []byte(c.csv)))
		}
		got, d := labels(t, c.from, files...)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v (%v)", c.name, got, c.want, d.Notes)
		}
		if d.Labelled() != (c.want[0] >= 0 || c.want[1] >= 0) {
			t.Errorf("%s: Labelled is %v", c.name, d.Labelled())
		}
	}
}

func TestOpenSaysWhereLabelsCameFrom(t *testing.T) {
	list := InMemory("classes.txt", []byte("cat\ndog\n"))
	array := InMemory("x.npy", EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2, 2}, F: []float32{1, 2, 3, 4}}))
	ints := InMemory("y.npy", EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{2}, I: []int64{1, 2}}))
	for _, c := range []struct {
		from, want LabelSource
		files      []File
	}{
		{FromAuto, FromFolder, []File{flat(t, "cat/1.png", 1), flat(t, "dog/1.png", 2)}},
		{FromAuto, FromPrefix, []File{flat(t, "cat_1.png", 1), flat(t, "dog_1.png", 2), list}},
		{FromAuto, FromCSV, []File{flat(t, "1.png", 1), InMemory("l.csv", []byte("1.png,3\n"))}},
		{FromAuto, FromNone, []File{flat(t, "1.png", 1)}},
		{FromNone, FromNone, []File{flat(t, "cat/1.png", 1), flat(t, "dog/1.png", 2)}},
		{FromAuto, FromArray, []File{array, ints}},
		{FromNone, FromNone, []File{array, ints}},
		{FromAuto, FromNone, []File{array}},
	} {
		d, err := Open(c.files, c.from)
		if err != nil {
			t.Fatal(err)
		}
		if d.Source != c.want {
			t.Errorf("%s, first file %s: labels from %s, want %s", c.from, c.files[0].Name, d.Source, c.want)
		}
	}
}

func TestOpenRefused(t *testing.T) {
	image := flat(t, "a/1.png", 1)
	array := InMemory("x.npy", EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{1, 2}, F: []float32{1, 2}}))
	ints := InMemory("y.npy", EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{2}, I: []int64{1, 2}}))
	text := func(name, s string) File { return InMemory(name, []byte(s)) }
	broken := File{Name: "l.csv", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }}
	for _, c := range []struct {
		from  LabelSource
		want  string
		files []File
	}{
		{FromAuto, "no images", nil},
		{FromAuto, "notes.md is none of", []File{text("notes.md", "x")}},
		{"moon", `labels from "moon"`, []File{image}},
		{FromAuto, "two files are named", []File{image, image}},
		{FromAuto, "hold labels only", []File{ints}},
		{FromAuto, "labels of shape [2] for 1 items", []File{array, ints}},
		{FromCSV, "there is none", []File{image}},
		{FromAuto, "l.csv: gone", []File{image, broken}},
		{FromAuto, "line 2 labels 1.png", []File{image, text("l.csv", "1.png,2\n1.png,3\n")}},
		{FromAuto, "the label -1 stands for no class", []File{image, text("l.csv", "1.png,-1\n")}},
		{FromAuto, "line 1 has no label", []File{image, text("l.csv", "1.png\n")}},
		{FromAuto, "line 2 has index 5", []File{image, text("classes.txt", "0 a\n5 b\n")}},
		{FromFolder, "no label is in the class list", []File{image, text("classes.txt", "b\n")}},
		{FromFolder, "no labels found", []File{flat(t, "1.png", 1)}},
		{FromAuto, "not a readable zip", []File{text("x.zip", "PK\x03\x04....")}},
	} {
		if _, err := Open(c.files, c.from); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// The order of a dataset does not depend on the order of the files, and archives serve like folders.
func TestOrderAndZip(t *testing.T) {
	a, b, c := flat(t, "s/a/1.png", 10), flat(t, "s/b/1.png", 20), flat(t, "s/a/2.png", 30)
	junk := InMemory("__MACOSX/a/._1.png", []byte("x"))
	_, folder := labels(t, FromAuto, b, c, a)
	got, packed := labels(t, FromAuto, InMemory("s.zip", zipOf(t, junk, flat(t, "b/1.png", 20), flat(t, "a/1.png", 10), flat(t, "a/2.png", 30))))
	if !reflect.DeepEqual(got, []int{0, 0, 1}) {
		t.Errorf("labels %v", got)
	}
	x, err := folder.Digest([]int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	y, _ := packed.Digest([]int{0, 1, 2})
	if x != y {
		t.Error("a folder and an archive of the same files have different digests")
	}
	if z, _ := packed.Digest([]int{0, 2, 1}); z == x {
		t.Error("the digest does not depend on the order")
	}
	if z, _ := packed.Digest([]int{0, 1}); z == x {
		t.Error("the digest does not depend on the number")
	}
	_, unlabelled := labels(t, FromNone, a, b, c)
	if z, _ := unlabelled.Digest([]int{0, 1, 2}); z == x {
		t.Error("the digest does not depend on the labels")
	}
	p := recipe.Preprocess{Channels: "bgr", Layout: "nhwc", Scale: 1, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 2}}
	batch, shape, err := packed.Batch([]int{2, 0}, p)
	if err != nil || !reflect.DeepEqual(shape, []int{2, 4, 4, 3}) || !reflect.DeepEqual(batch[:3], []float32{0, 10, 10}) || !reflect.DeepEqual(batch[48:51], []float32{0, 5, 5}) {
		t.Errorf("%v %v %v", batch, shape, err)
	}
}

// An archive whose entry unpacks to other than it declares, or is damaged, is an error of that item.
func TestDamagedZip(t *testing.T) {
	z := zipOf(t, flat(t, "a/1.png", 1), flat(t, "b/1.png", 2))
	i := bytes.Index(z, []byte("IDAT"))
	if i < 0 { // deflated: damage the first entry's data
		i = 60
	}
	z[i] ^= 0x55
	d, err := Open([]File{InMemory("s.zip", z)}, FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Tensor(0, recipe.Families()[0].Preprocess); err == nil || !strings.HasPrefix(err.Error(), "s/a/1.png: ") {
		t.Errorf("%v", err)
	}
}

// Of an entry that is no image, or that is packed as no image is, hardly anything is unpacked.
func TestBombsAreNotUnpacked(t *testing.T) {
	image := flat(t, "a.png", 1)
	b, err := image.read(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 4<<20)
	for want, content := range map[string][]byte{
		"unpacks to 4": append(bytes.Clone(b), zeros...), // an image, and zeros behind it
		"of zeros":     zeros[:1<<20],                    // a little
	} {
		d, err := Open([]File{InMemory("s.zip", zipOf(t, InMemory("a.png", content), flat(t, "b.png", 2)))}, FromAuto)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Tensor(0, recipe.Families()[0].Preprocess); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	taken := 0
	f := File{Name: "a.png", Size: 100 << 20, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(readerFunc(func(b []byte) (int, error) {
			taken += len(b)
			clear(b)
			return len(b), nil
		})), nil
	}}
	if _, err := f.image(); err == nil || taken > 1<<16 {
		t.Errorf("%v, after %d bytes", err, taken)
	}
}

type readerFunc func(b []byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestArrays(t *testing.T) {
	pixels := make([]int64, 2*3*4*5)
	for i := range pixels {
		pixels[i] = int64(i)
	}
	planar := EncodeNpy(&graph.Tensor{DType: graph.Uint8, Shape: []int{2, 3, 4, 5}, I: pixels})
	interleaved := EncodeNpy(&graph.Tensor{DType: graph.Uint8, Shape: []int{2, 4, 5, 3}, I: pixels})
	y := EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{2}, I: []int64{7, 3}})
	npz := func(x []byte) File {
		return InMemory("d.npz", zipOf(t, InMemory("y.npy", y), InMemory("x.npy", x)))
	}
	p := recipe.Preprocess{Channels: "rgb", Layout: "nchw", Scale: 1, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}}

	got, d := labels(t, FromAuto, npz(planar))
	if !reflect.DeepEqual(got, []int{7, 3}) {
		t.Errorf("labels %v", got)
	}
	x, shape, err := d.Tensor(1, p)
	if err != nil || !reflect.DeepEqual(shape, []int{3, 4, 5}) || x[0] != 60 || x[59] != 119 || x[20] != 80 {
		t.Errorf("%v %v %v", x, shape, err)
	}
	_, d = labels(t, FromAuto, npz(interleaved))
	x, shape, err = d.Tensor(1, p)
	if err != nil || !reflect.DeepEqual(shape, []int{3, 4, 5}) || x[0] != 60 || x[1] != 63 || x[20] != 61 {
		t.Errorf("%v %v %v", x, shape, err)
	}

	floats := EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2, 3}, F: []float32{1, 2, 3, 4, 5, 6}})
	_, d = labels(t, FromAuto, npz(floats))
	x, shape, err = d.Batch([]int{1, 0}, p)
	if err != nil || !reflect.DeepEqual(shape, []int{2, 3}) || !reflect.DeepEqual(x, []float32{4, 5, 6, 1, 2, 3}) {
		t.Errorf("%v %v %v", x, shape, err)
	}

	both := InMemory("mnist.npz", zipOf(t, InMemory("x_train.npy", interleaved), InMemory("y_train.npy", y), InMemory("x_test.npy", planar), InMemory("y_test.npy", y)))
	if _, d = labels(t, FromAuto, both); d.Name(1) != "mnist/x_test.npy[1]" || len(d.Notes) == 0 {
		t.Errorf("%s %v", d.Name(1), d.Notes)
	}
}

func TestCheck(t *testing.T) {
	for want, change := range map[string]func(p *recipe.Preprocess){
		"both a width": func(p *recipe.Preprocess) { p.Width = 0 },
		"std 2 values": func(p *recipe.Preprocess) { p.Std = p.Std[:2] },
		"takes 1 of":   func(p *recipe.Preprocess) { p.Channels = "gray" },
		"million":      func(p *recipe.Preprocess) { p.Resize = 8192 },
		"too small":    func(p *recipe.Preprocess) { p.Width, p.Height = 300, 300 },
	} {
		p := recipe.Families()[0].Preprocess
		change(&p)
		if _, _, err := apply(p, &Image{4, 1, 1, make([]uint8, 4)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestFit(t *testing.T) {
	p := recipe.Families()[0].Preprocess
	p.Width, p.Height = 0, 0
	if got, err := Fit(p, []int{1, 3, 96, 128}); err != nil || got.Width != 128 || got.Height != 96 {
		t.Errorf("%+v %v", got, err)
	}
	p.Layout = "nhwc"
	if got, err := Fit(p, []int{1, 96, 128, 3}); err != nil || got.Width != 128 || got.Height != 96 {
		t.Errorf("%+v %v", got, err)
	}
	p = recipe.Families()[0].Preprocess
	for want, shape := range map[string][]int{
		"four dimensions":            {1, 3},
		"has 1 channels":             {1, 1, 224, 224},
		"is 32×32 pixels, the crop ": {1, 3, 32, 32},
	} {
		if _, err := Fit(p, shape); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A scale written as a fraction divides by the number under it; any other multiplies.
func TestScaled(t *testing.T) {
	for _, n := range []float32{0.5, 1, 127.5, 128, 255, 256, 65535} {
		for x := float32(0); x < 256; x++ {
			if got := scaled(x, 1/n); got != x/n {
				t.Fatalf("%v scaled by 1/%v: %v, want %v", x, n, got, x/n)
			}
		}
	}
	for _, s := range []float32{0.0039, 0.3, 7, 1e30} {
		if got := scaled(201, s); got != 201*s {
			t.Errorf("201 scaled by %v: %v, want %v", s, got, 201*s)
		}
	}
}

// The embedded ids are a sorted list of 1000, and those of the class list in use.
func TestImageNet(t *testing.T) {
	ids := strings.Fields(imagenetIDs)
	for i, id := range ids {
		if !isWnid("n"+id) || i > 0 && ids[i-1] >= id {
			t.Fatalf("line %d: %s", i, id)
		}
	}
	if len(ids) != 1000 {
		t.Fatal(len(ids))
	}
	b, err := os.ReadFile(shared.Path(t, "images", "imagenet_classes.txt"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseClasses(string(b))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(list.byWnid, ImageNet().byWnid) {
		t.Error("the list in ../shared numbers the ids otherwise")
	}
	if list.Name(999) != "toilet_tissue" || list.index("goldfish") != 1 || ImageNet().Name(3) != "3" {
		t.Error(list.Name(999))
	}
}

// What does not belong there takes nothing from the rest, and is told.
func TestForeignFiles(t *testing.T) {
	wnid := func(name string) File { return flat(t, "set/"+name, 1) }
	text := func(name, s string) File { return InMemory("set/"+name, []byte(s)) }
	array := InMemory("set/mean.npy", EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{1, 2}, F: []float32{1, 2}}))
	for _, c := range []struct {
		want  []int
		from  LabelSource
		note  string
		files []File
	}{
		{[]int{0, 1, -1}, FromPrefix, "1 items have no label", []File{wnid("n01440764_a.png"), wnid("n01443537_b.png"), wnid("stray.png")}},
		{[]int{0, 1, -1}, FromFolder, "1 items have no label", []File{flat(t, "set/cat/1.png", 1), flat(t, "set/dog/1.png", 1), flat(t, "set/stray.png", 2)}},
		{[]int{0, 1, -1}, FromFolder, "1 items have no label", []File{flat(t, "cat/1.png", 1), flat(t, "dog/1.png", 1), flat(t, "stray.png", 2)}},
		{[]int{0, 1, -1}, FromPrefix, "1 items have no known label", []File{text("classes.txt", "cat\ndog\n"), wnid("cat_1.png"), wnid("dog_2.png"), wnid("stray.png")}},
		{[]int{0, 1}, FromPrefix, "row for none of the images", []File{text("log.csv", "epoch,loss\n1,0.5\n"), wnid("n01440764_a.png"), wnid("n01443537_b.png")}},
		{[]int{0, 1}, FromPrefix, "1 arrays were left out, for example set/mean.npy", []File{array, wnid("n01440764_a.png"), wnid("n01443537_b.png")}},
		{[]int{0, 1}, FromPrefix, "archive was left out: set/x.zip: not a readable", []File{text("x.zip", "PK\x03\x04"), wnid("n01440764_a.png"), wnid("n01443537_b.png")}},
	} {
		got, d := labels(t, FromAuto, c.files...)
		if notes := strings.Join(d.Notes, " "); !reflect.DeepEqual(got, c.want) || d.Source != c.from || !strings.Contains(notes, c.note) {
			t.Errorf("%s: labels %v from %s, want %v from %s and %q: %s", c.files[0].Name, got, d.Source, c.want, c.from, c.note, notes)
		}
	}
}
