package jcs

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"strings"
	"testing"
)

// The samples of RFC 8785: section 3.2.2 to 3.2.4, and the numbers of appendix B.
func TestRFC8785(t *testing.T) {
	got, err := Canonical([]byte(`{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`))
	want := `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	got, err = Canonical([]byte(`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",` +
		`"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`))
	want = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\"," +
		"\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0",
		0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000", 0x44b52d02c7e14af5: "9.999999999999997e+22",
		0x44b52d02c7e14af6: "1e+23", 0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef4f: "999999999999999900000", 0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7", 0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332", 0x41b3de4355555554: "333333333.33333325", 0x41b3de4355555555: "333333333.3333333",
		0xbecbf647612f3696: "-0.0000033333333333333333", 0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		x := math.Float64frombits(bits)
		if got := ecmaScript(x); got != want {
			t.Errorf("%x: %s, want %s", bits, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{"", "end"}, {"{", "end"}, {"[1", "end"}, {"[1}", "invalid"}, {`{"a" 1}`, "invalid"}, {"01", "invalid"}, {"nul", "invalid"},
		{"1 2", "invalid"}, {"{}}", "invalid"},
		{`{"a":1,"b":2,"a":3}`, `"a" is there twice`}, {`{"a":1,"\u0061":3}`, "twice"},
		{"9007199254740993", "rounded"}, {"-18446744073709551615", "rounded"}, {strings.Repeat("9", 5000), "beyond"}, {"1e999", "float64"},
		{"\"\xff\"", "UTF-8"}, {`"\ud800"`, "half"}, {`"\ud800\u0041"`, "half"}, {`"\udc00\ud800"`, "half"}, {`{"\udfff":1}`, "half"},
		{strings.Repeat("[", 40) + strings.Repeat("]", 40), "deep"},
	} {
		got, err := Canonical([]byte(c.doc))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %s, %v; want %q", c.doc, got, err, c.want)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%.40q: an error of %d bytes", c.doc, len(err.Error()))
		}
	}
	if got, err := Canonical([]byte(`"\\ud800"`)); err != nil || string(got) != `"\\ud800"` {
		t.Errorf("an escaped backslash: %s, %v", got, err)
	}
}

// FuzzCanonical: what is accepted is its own canonical form, and says what the document says.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":[1,2.50,-0,1e-7],"a":"\u00e9\n\ud83d\ude00"}`, `[[],{},null,true,"",0]`, `{"":{"":{}}}`, `"\ud800"`, "1e21"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		once, err := Canonical(doc)
		if err != nil {
			return
		}
		if again, err := Canonical(once); err != nil || !bytes.Equal(once, again) {
			t.Fatalf("%s becomes %s: %v", once, again, err)
		}
		var a, b any
		if json.Unmarshal(doc, &a) != nil || json.Unmarshal(once, &b) != nil {
			t.Fatalf("%q or %q is not JSON", doc, once)
		}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if !bytes.Equal(bytes.ReplaceAll(x, []byte("-0"), []byte("0")), bytes.ReplaceAll(y, []byte("-0"), []byte("0"))) {
			t.Fatalf("%s says %s", x, y)
		}
	})
}

// JavaScript writes numbers and strings of the canonical form by itself.
func TestAgainstJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: node is not installed")
	}
	doc := []byte(`[0.1,1e-7,123456789012345680000,5e-324,2.2250738585072014e-308,1e21,-1.5e-10,0.003921569,4.35,"\u0000\u001f\u007f\u2028é😀\"\\/\b"]`)
	got, err := Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	want, err := exec.Command(node, "-e", "process.stdout.write(JSON.stringify(JSON.parse(process.argv[1])))", string(doc)).Output()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %s, JavaScript %s, %v", got, want, err)
	}
}
