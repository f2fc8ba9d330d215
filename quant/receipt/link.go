package receipt

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/url"
	"strings"
)

// MaxLink is how many characters a link may have before it is worth a warning: what chats and mails carry.
const MaxLink = 8 << 10

// A packed receipt is packVersion and base64url, without padding, of the CRC-32 of its canonical form and
// of that form as DEFLATE with the dictionary below.
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

// LinkMark stands before a packed receipt in the address of any copy of the page.
const LinkMark = "#receipt="

// Link makes a link to the receipt for the copy of the page at site, such as https://host/.
func (r *Receipt) Link(site string) (string, error) {
	packed, err := r.Pack()
	return strings.TrimRight(site, "/") + "/" + LinkMark + packed, err
}

// Linked is the packed receipt of a link, or of the part of it behind its host; ok is false where it
// carries none. Of a link that was cut off within its mark it is empty.
func Linked(link string) (packed string, ok bool) {
	link = TidyLink(link)
	if _, packed, ok = strings.Cut(link, LinkMark); ok {
		return packed, true
	}
	at := strings.LastIndexByte(link, LinkMark[0])
	return "", at >= 0 && len(link) > at+1 && strings.HasPrefix(LinkMark, link[at:])
}

// What mails and chats put into a link and behind one. None of it is in a packed receipt or in an id.
var (
	breaks = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", "\u00a0", "", "\u00ad", "", "\u200b", "")
	behind = ".,;:!?…'\"’”»)]}>*~`|–—"
)

// TidyLink is a link, or the end of one, without the line breaks and spaces within and the punctuation behind it, as they are
// or as an address has them.
func TidyLink(link string) string {
	if plain, err := url.PathUnescape(link); err == nil {
		link = plain
	}
	return strings.TrimRight(breaks.Replace(link), behind)
}

// Pack is a receipt as it goes into the part of a link that no server sees, behind the #.
func (r *Receipt) Pack() (string, error) {
	doc, err := r.Canonical()
	if err != nil {
		return "", err
	}
	b := bytes.NewBuffer(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(doc)))
	w, err := flate.NewWriterDict(b, flate.BestCompression, []byte(dictionary))
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

// What is wrong with a link.
var (
	errNewerLink   = errors.New("receipt: this link is of a newer Quantscope, or is none; reload the page or update it")
	errDamagedLink = errors.New("receipt: the link is damaged: copy it again, or ask for the receipt file")
	errCutLink     = errors.New("receipt: the link is not whole: copy all of it, or ask for the receipt file")
)

// Unpack reads what Pack made.
func Unpack(s string) (*Receipt, error) {
	text, ok := strings.CutPrefix(s, packVersion)
	switch {
	case s == "":
		return nil, errCutLink
	case !ok:
		return nil, errNewerLink
	case len(text) > 2*MaxBytes:
		return nil, fmt.Errorf("receipt: a link of %d characters; a receipt has fewer", len(text))
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if at := base64.CorruptInputError(0); errors.As(err, &at) && int(at) < len(text)/4*4 {
		return nil, errDamagedLink
	}
	if err != nil || len(b) < 4 {
		return nil, errCutLink
	}
	r := flate.NewReaderDict(bytes.NewReader(b[4:]), []byte(dictionary))
	doc, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errCutLink
	case err != nil || crc32.ChecksumIEEE(doc) != binary.BigEndian.Uint32(b):
		return nil, errDamagedLink
	}
	return Parse(doc)
}
