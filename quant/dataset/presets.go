package dataset

// Preset is a named Preprocess.
type Preset struct {
	Name       string
	Preprocess Preprocess
}

// Presets are the preprocessings of the known families of networks, the commonest first.
func Presets() []Preset {
	imagenetMean, imagenetStd := []float32{0.485, 0.456, 0.406}, []float32{0.229, 0.224, 0.225}
	rgb := func(resize, crop int, divide float32, mean, std []float32) Preprocess {
		return Preprocess{
			Resize: resize, Crop: [2]int{crop, crop}, Channels: RGB, Layout: NCHW,
			Divide: divide, Mean: mean, Std: std,
		}
	}
	half := []float32{127.5, 127.5, 127.5}
	return []Preset{
		// torchvision and timm: most PyTorch networks trained on ImageNet.
		{"imagenet", rgb(256, 224, 255, imagenetMean, imagenetStd)},
		// −1…1: TensorFlow's MobileNet, Inception and EfficientNet-lite families.
		{"imagenet-tf", rgb(256, 224, 1, half, half)},
		// The mean of VGG, divided by 255: pytorchcv's and TensorFlow's SqueezeNet.
		{"imagenet-vgg255", rgb(256, 224, 1, []float32{123.68, 116.78, 103.94}, []float32{255, 255, 255})},
		// Caffe: blue first, no scaling.
		{"imagenet-caffe", Preprocess{
			Resize: 256, Crop: [2]int{224, 224}, Channels: BGR, Layout: NCHW,
			Divide: 1, Mean: []float32{103.939, 116.779, 123.68}, Std: []float32{1, 1, 1},
		}},
		// CIFAR networks differ in their statistics; this one takes those of ImageNet.
		{"cifar", rgb(32, 32, 255, imagenetMean, imagenetStd)},
		// CIFAR-10's own statistics.
		{"cifar10", rgb(32, 32, 255, []float32{0.4914, 0.4822, 0.4465}, []float32{0.2023, 0.1994, 0.201})},
		{"mnist", Preprocess{
			Resize: 28, Crop: [2]int{28, 28}, Channels: Gray, Layout: NCHW,
			Divide: 255, Mean: []float32{0}, Std: []float32{1},
		}},
	}
}
