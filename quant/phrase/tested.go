package phrase

// ONNXRuntime is the version of ONNX Runtime that the tests run exported files on.
const ONNXRuntime = "1.30.0"
