//go:build js

package browser

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/samples"
	"github.com/quantscope/quantscope/site/store"
)

// sampleModel is where the model of the first sample lies.
const sampleModel = "/sample/model.onnx"

// get gets what lies at a path of the site.
func get(path string) (int, js.Value, error) { return request("GET", path, nil, "") }

// request makes a request to the site and gives the status and the body as a Blob. The
// body sent is JSON, the key one that the share service gave; both may be left out.
func request(method, path string, body []byte, key string) (int, js.Value, error) {
	options := js.Global().Get("Object").New()
	headers := js.Global().Get("Object").New()
	options.Set("method", method)
	options.Set("headers", headers)
	if body != nil {
		headers.Set("Content-Type", "application/json")
		options.Set("body", string(body))
	}
	if key != "" {
		headers.Set("Authorization", "Bearer "+key)
	}
	response, err := promise.Await(js.Global().Call("fetch", Here(path), options))
	if err != nil {
		return 0, js.Value{}, errors.New("the server at " + js.Global().Get("location").Get("host").String() + " cannot be reached (" + err.Error() + ")")
	}
	b, err := promise.Await(response.Call("blob"))
	return response.Get("status").Int(), b, err
}

// content are the bytes of a Blob or File.
func content(b js.Value) ([]byte, error) {
	buffer, err := promise.Await(b.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	array := js.Global().Get("Uint8Array").New(buffer)
	out := make([]byte, array.Length())
	js.CopyBytesToGo(out, array)
	return out, nil
}

func fetchSample(e store.FetchSample) store.Sample {
	from, err := samples.In(e.Folder)
	if err != nil {
		return store.Sample{Problem: err.Error()}
	}
	settings := "recipe.json"
	if e.File != "" {
		settings = e.File
	}
	var files [3]store.File
	for i, name := range []string{"model.onnx", "images.zip", settings} {
		if files[i], err = sampleFile(from.Path(name)); err != nil {
			return store.Sample{Problem: err.Error()}
		}
	}
	raw, err := content(files[2].Handle.(js.Value))
	if err != nil {
		return store.Sample{Problem: from.Path(settings) + ": " + err.Error()}
	}
	r, err := recipe.Parse(raw)
	if err != nil {
		return store.Sample{Problem: from.Path(settings) + ": " + err.Error()}
	}
	files[0].Path = "sample.onnx"
	if e.Folder != "" {
		files[0].Path = e.Folder + ".onnx"
	}
	return store.Sample{Model: files[0], Data: files[1], Recipe: r, Run: e.Run, Whole: e.Whole}
}

// fetchElsewhere gets a file from another origin. Nothing of the page goes along: no cookies, no referrer.
func fetchElsewhere(e store.Fetch) store.ModelFetched {
	out := store.ModelFetched{Address: e.Address}
	options := js.Global().Get("Object").New()
	options.Set("mode", "cors")
	options.Set("credentials", "omit")
	options.Set("referrerPolicy", "no-referrer")
	response, err := promise.Await(js.Global().Call("fetch", e.Address, options))
	if err != nil {
		return out // the browser does not tell why
	}
	body, err := promise.Await(response.Call("blob"))
	if err != nil {
		return out
	}
	out.Status, out.File = response.Get("status").Int(), file(body, e.Name)
	return out
}

func sampleFile(path string) (store.File, error) {
	status, b, err := get(path)
	if err != nil {
		return store.File{}, err
	}
	if status != 200 {
		return store.File{}, errors.New(path + " is not on this server")
	}
	return file(b, path[strings.LastIndex(path, "/")+1:]), nil
}

// sampleDigest is the SHA-256 of the sample's model, empty if it is not there.
func sampleDigest() string {
	f, err := sampleFile(sampleModel)
	if err != nil {
		return ""
	}
	b, err := content(f.Handle.(js.Value))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// receipts is where the share service has them.
const receipts = "/api/receipts"

func postReceipt(r []byte) store.Stored {
	status, b, err := request("POST", receipts, r, "")
	if err != nil {
		return store.Stored{Problem: err.Error() + "; save the receipt as a file instead"}
	}
	var answer struct {
		ID    string `json:"id"`
		Key   string `json:"key"`
		Error string `json:"error"`
	}
	raw, err := content(b)
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	switch {
	case answer.Error != "":
		return store.Stored{Problem: answer.Error}
	case err != nil || status >= 300 || !receipt.IsDigest(answer.ID):
		return store.Stored{Problem: "the server did not store the receipt; save it as a file instead"}
	}
	return store.Stored{ID: answer.ID, Key: answer.Key}
}

func deleteReceipt(e store.DeleteReceipt) store.Deleted {
	status, b, err := request("DELETE", receipts+"/"+e.ID, nil, e.Key)
	if err != nil {
		return store.Deleted{Problem: err.Error() + "; the receipt is still there"}
	}
	if status < 300 {
		return store.Deleted{}
	}
	var answer struct {
		Error string `json:"error"`
	}
	if raw, err := content(b); err != nil || json.Unmarshal(raw, &answer) != nil || answer.Error == "" {
		answer.Error = "the server did not delete the receipt"
	}
	return store.Deleted{Problem: answer.Error}
}

func getReceipt(id string) store.Fetched {
	status, b, err := get(receipts + "/" + id)
	var raw []byte
	if err == nil {
		raw, err = content(b)
	}
	switch {
	case err != nil:
		return store.Fetched{ID: id, Problem: "The server cannot be reached (" + err.Error() + "): try again, or ask for the receipt file."}
	case status == 404:
		return store.Fetched{ID: id, Problem: "No result is stored under this link: it may have been deleted. Check that the link is whole, or ask for the receipt file."}
	case status != 200:
		return store.Fetched{ID: id, Problem: fmt.Sprintf("The server answered with status %d: try again later, or ask for the receipt file.", status)}
	}
	return store.Fetched{ID: id, Receipt: raw, SampleSHA256: sampleDigest()}
}

// findEngine looks for an engine among those that the site has.
func findEngine(e store.FindEngine) store.EngineFound {
	out := store.EngineFound{Release: e.Release}
	status, b, err := get("/engines.json")
	if err != nil || status != 200 {
		return out
	}
	raw, err := content(b)
	if err != nil {
		return out
	}
	var list []store.EngineFiles
	if json.Unmarshal(raw, &list) != nil {
		return out
	}
	for _, f := range list {
		if f.Release == e.Release {
			out.Files = f
		}
	}
	return out
}

// maxText bounds a document that is read into the page.
const maxText = 1 << 20

func readText(f store.File) store.TextRead {
	if f.Size > maxText {
		return store.TextRead{File: f, Problem: "It is larger than a recipe or a receipt can be."}
	}
	b, err := content(f.Handle.(js.Value))
	if err != nil {
		return store.TextRead{File: f, Problem: err.Error()}
	}
	return store.TextRead{File: f, Text: b, SampleSHA256: sampleDigest()}
}
