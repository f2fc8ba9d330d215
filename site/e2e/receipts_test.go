package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/recipe/recipetest"
)

// shared is the material beside the project: networks and images.
var shared = filepath.Join(root, "..", "shared")

// fewReceipts is how many results TestBrowser has.
const fewReceipts = 6

// TestReceipts is make receipts: RECEIPTS results of random recipes over the shared networks, RECEIPT_SEED says
// which, in Chromium and Firefox and by the command. TestBrowser tries a few in Chromium.
func TestReceipts(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("RECEIPTS"))
	if err != nil {
		t.Skip("takes hours: make receipts")
	}
	seed, err := strconv.ParseUint(os.Getenv("RECEIPT_SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	inBrowsers(t, "receipts.test.mjs", count, seed)
}

// TestDifferences is make receipts, too: what verify says where one thing is another one, in every way.
func TestDifferences(t *testing.T) {
	if os.Getenv("RECEIPTS") == "" {
		t.Skip("takes minutes: make receipts")
	}
	inBrowsers(t, "verify.test.mjs", 0, 1)
}

// inBrowsers runs a test with recipes, the shared networks and every engine.
func inBrowsers(t *testing.T, file string, count int, seed uint64) {
	t.Helper()
	needFile(t, shared)
	dir := t.TempDir()
	env := built(t, dir)
	wazero := filepath.Join(dir, "quantscope-wazero")
	run(t, []string{"CGO_ENABLED=0"}, "go", "build", "-o", wazero, "./quant/cmd/quantscope")
	trials := filepath.Join(dir, "receipts")
	writeTrials(t, trials, receiptNets(), count, seed)
	env = append(env, "QUANTSCOPE_RECEIPTS="+trials, "QUANTSCOPE_WAZERO="+wazero, "QUANTSCOPE_FIREFOX=/usr/bin/firefox-esr")
	cmd := exec.Command("node", "--test", "--test-concurrency=1", "--test-reporter=spec", "site/e2e/"+file)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr // as it goes: it takes hours
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
}

// receiptNet is a shared network and the images it is tried on.
type receiptNet struct {
	name, family string
	classOffset  int
	often        int // how often it is tried, of 29
	images       func(t *testing.T, dir string)
}

func receiptNets() []receiptNet {
	cifar, mnist := pictures("cifar10_test2000_u8.bin", 32, 3), pictures("mnist_test2000_u8.bin", 28, 1)
	return []receiptNet{
		{"lenet_mnist", "mnist", 0, 12, mnist},
		{"resnet20_cifar10", "cifar", 0, 6, cifar},
		{"resnet20_cifar10_bn", "cifar", 0, 6, cifar},
		{"efficientnet_b0_cifar10_bn", "cifar", 0, 3, cifar},
		{"squeezenet1_0", "imagenet-vgg255", 1, 1, photos},
		{"mobilenetv2", "imagenet-tf", 1, 1, photos},
	}
}

// writeTrials writes what receipts.test.mjs reads: recipes in turn for each network, more than count of them, as
// some are refused, and a folder of images for each.
func writeTrials(t *testing.T, dir string, nets []receiptNet, count int, seed uint64) {
	t.Helper()
	type trial struct {
		Net    string        `json:"net"`
		Recipe recipe.Recipe `json:"recipe"`
	}
	type network struct {
		Model string `json:"model"`
		Data  string `json:"data"`
	}
	out := struct {
		Count    int                `json:"count"`
		Networks map[string]network `json:"networks"`
		Trials   []trial            `json:"trials"`
	}{Count: count, Networks: map[string]network{}}
	var turns []receiptNet
	for _, n := range nets {
		folder := filepath.Join(dir, n.name)
		n.images(t, folder)
		model, err := filepath.Abs(filepath.Join(shared, "models", n.name+".onnx"))
		if err != nil {
			t.Fatal(err)
		}
		out.Networks[n.name] = network{model, folder}
		for range n.often {
			turns = append(turns, n)
		}
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	for i := range 2 * count {
		n := turns[i%len(turns)]
		out.Trials = append(out.Trials, trial{n.name, recipetest.Random(rand.New(rand.NewPCG(seed, uint64(i))), family(t, n.family), n.classOffset)})
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "trials.json"), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// family is the preprocessing of a family, for images at their final size.
func family(t *testing.T, name string) recipe.Preprocess {
	t.Helper()
	for _, f := range recipe.Families() {
		if f.Name == name {
			f.Preprocess.Resize = 0
			return f.Preprocess
		}
	}
	t.Fatalf("no family %s", name)
	panic("unreachable")
}

// pictures writes images of a golden file as PNG, in folders of their labels.
func pictures(file string, side, channels int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		var index map[string]struct{ Labels []int }
		if err := json.Unmarshal(golden(t, "index.json"), &index); err != nil {
			t.Fatal(err)
		}
		pixels := golden(t, file)
		for i := range recipetest.Items {
			img := image.NewRGBA(image.Rect(0, 0, side, side))
			for p := range side * side {
				at := pixels[(i*side*side+p)*channels:]
				c := color.RGBA{at[0], at[0], at[0], 255}
				if channels == 3 {
					c.G, c.B = at[1], at[2]
				}
				img.SetRGBA(p%side, p/side, c)
			}
			folder := filepath.Join(dir, strconv.Itoa(index[file].Labels[i]))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%02d.png", i)))
			if err == nil {
				err = png.Encode(f, img)
			}
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// golden is a file of MQBench's own images.
func golden(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared, "golden", "data", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// photos copies photographs of ImageNet, whose names say what they show.
func photos(t *testing.T, dir string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(shared, "images", "imagenet224", "*.jpg"))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil || len(all) < recipetest.Items {
		t.Fatalf("%d photographs: %v", len(all), err)
	}
	for i := range recipetest.Items {
		path := all[i*len(all)/recipetest.Items]
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(path)), b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
