package document

import (
	"encoding/json"
	"strings"
	"testing"
)

type inner struct {
	Bits int    `json:"bits"`
	Name string `json:"name"`
}

type whole struct {
	Seeds []uint64           `json:"seeds"`
	List  []inner            `json:"list"`
	Map   map[string]inner   `json:"map"`
	Raw   json.RawMessage    `json:"raw"`
	Maybe *float32           `json:"maybe"`
	On    bool               `json:"on"`
	Deep  map[string][]inner `json:"deep"`
	Plain string
	inner
}

func TestRead(t *testing.T) {
	for doc, want := range map[string]string{
		`{"seeds": [1, 2], "list": [{"bits": 3}], "map": {"a": {"name": "n"}}, "raw": {"x": [1]}, "maybe": 1.5, "on": true, "bits": 4, "Plain": "p"}`: "",
		` {"list": null, "raw": null, "map": null} `: "",
		"":                                    "it is empty",
		"{\n\"seeds\": [1],\n\"sedes\": [2]}": `line 3: there is no field "sedes": the fields are seeds, list, map, raw, maybe, on, deep, Plain, bits, name`,
		`{"list": [{"bits": 1}, {"bit": 2}]}`: `there is no field "bit" in list[1]: the fields are bits, name`,
		`{"deep": {"k": [{"bits": 1, "x": {}}]}}`: `there is no field "x" in deep.k[0]`,
		`{"seeds": [-1]}`:                         `field "seeds" is the number -1 where a whole number from 0 on is needed`,
		"{\"list\": [\n{\"bits\": \"a\"}]}":       `line 2: field "list.bits" is a text in quotes where a whole number is needed`,
		`{"maybe": []}`:                           `field "maybe" is a list, [ ], where a number is needed`,
		`{"on": 1}`:                               `where true or false is needed`,
		`{"Plain": {}}`:                           `is an object, { }, where a text in quotes is needed`,
		`{"list": 7}`:                             `is the number where a list, [ ], is needed`,
		`[1, 2]`:                                  `the document is a list, [ ], where an object, { }, is needed`,
		"{\"seeds\":\n[1":                         "line 2: the document breaks off",
		"{\"a\":\n\"open":                         "line 2: the document breaks off",
		"{} {}":                                   "more follows after the document",
		"{\n'seeds': 1}":                          "line 2: not JSON: invalid character '\\''",
		`{"` + strings.Repeat("long", 100) + `": 1}`:     "longlong…",
		strings.Repeat("[", 20_000):                      "not JSON",
		`{"raw": ` + strings.Repeat(`[`, 9_000) + "\n\n": "the document breaks off",
	} {
		var v whole
		switch err := Read([]byte(doc), &v); {
		case err == nil && want != "", err != nil && want == "":
			t.Errorf("%.80s: %v", doc, err)
		case err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300):
			t.Errorf("%.80s: %v, and it should say %s", doc, err, want)
		}
	}
	var v whole
	if err := Read([]byte(`{"seeds": [1, 2], "list": [{"bits": 3}], "bits": 4}`), &v); err != nil || len(v.Seeds) != 2 || v.List[0].Bits != 3 || v.Bits != 4 {
		t.Errorf("%+v, %v", v, err)
	}
}
