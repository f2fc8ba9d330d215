package receipt

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxLink is how many characters of a link a receipt may take before it is worth a warning: what chats,
// mails and QR codes carry.
const MaxLink = 8 << 10

// A packed receipt is packVersion and base64url, without padding, of its canonical form as DEFLATE with
// the dictionary below.
const packVersion = "1"

// dictionary is what most receipts have in common, the most frequent last. It is part of the format.
const dictionary = `"mqbenchExact":true,"sharedScales":true,"refine":{"biases":"empirical","equalize":true},"overrides":[{"float":true,"name":"` +
	`"grid":"half_up","grid":"log2","codes":"unsigned","codes":"signed","fakeQuantOptions":{"observerOptions":{"bins":2048,` +
	`"backend":"vitis""backend":"snpe""backend":"nnie""backend":"ppl_cuda""backend":"openvino""backend":"tensorrt""backend":"onnx_qnn""backend":"academic""backend":"qdq",` +
	`"observer":"mse""observer":"ema_quantile""observer":"ema_mse""observer":"minmax""fakeQuant":"learnable""fakeQuant":"lsq"` +
	`"format":"quantscope-receipt/2","engine":"quantscope 0.` +
	`"recipe":{"activation":{"emaRatio":0.9,"fakeQuant":"fixed","observer":"ema_minmax","scheme":{"bits":8,"narrow":false,"perChannel":false,"pot":false,"symmetric":false}},` +
	`"data":{"batch":10,"calibration":100,"classOffset":0,"evaluation":500,"overlap":false,"seed":0},"format":"quantscope-recipe/1","name":"config1",` +
	`"preprocess":{"channels":"gray","height":28,"layout":"nhwc","channels":"rgb","height":224,"layout":"nchw","mean":[0.485,0.456,0.406],"resize":256,"scale":0.003921569,"std":[0.229,0.224,0.225],"width":224},"rule":"pytorch",` +
	`"weight":{"emaRatio":0,"fakeQuant":"fixed","observer":"minmax","scheme":{"bits":8,"narrow":false,"perChannel":true,"pot":false,"symmetric":true}}},"recipeDigest":"` +
	`"data":{"calibration":{"count":100,"digest":"","evaluation":{"count":500,"digest":"` + `"digests":{"integer":"","logits":"","qparams":"","weights":"` +
	`"metrics":{"agreement":,"bytesAfter":,"bytesBefore":,"labelled":,"n":,"top1Float":,"top1Integer":,"top1Quant":` +
	`"model":{"bytes":,"graph":"","sha256":"","tensors":["","weights":"` + `"probes":{"count":2,"root":"","seed":0},` +
	`{"activations":[{"axis":-1,"quantMax":127,"quantMin":-128,"scale":[0.0],"zeroPoint":[0]},{"axis":-1,"quantMax":255,"quantMin":0,"scale":[0.0],"zeroPoint":[0]},` +
	`"layers":[{"name":"MatMul_Gemm_/Add/MaxPool/Concat/classifier/layer1/layer1.0/conv1/features/features.0/conv/conv.0/Conv","output":"","sqnr":3","weights":"`

// Pack is a receipt as it goes into the part of a link that no server sees, behind the #.
func (r *Receipt) Pack() (string, error) {
	doc, err := r.Canonical()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, []byte(dictionary))
	if err != nil {
		return "", err
	}
	if _, err := w.Write(doc); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return packVersion + base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// Unpack reads what Pack made.
func Unpack(s string) (*Receipt, error) {
	text, ok := strings.CutPrefix(s, packVersion)
	if !ok {
		return nil, errors.New("receipt: this link is of a newer Quantscope, or is none; reload the page or update it")
	}
	if len(text) > 2*MaxBytes {
		return nil, fmt.Errorf("receipt: a link of %d characters; a receipt has fewer", len(text))
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("receipt: the link is damaged: something in it is no letter, digit, - or _")
	}
	r := flate.NewReaderDict(bytes.NewReader(b), []byte(dictionary))
	doc, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, errors.New("receipt: the link is not whole: copy all of it")
	}
	return Parse(doc)
}
