package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
)

func TestNothingIsSentBeforeThePress(t *testing.T) {
	d := finished(t)
	d.taken()
	d.Dispatch(OpenShare{})
	d.Dispatch(NameModel{On: true})
	d.Dispatch(NameModel{On: false})
	d.Dispatch(CloseShare{})
	d.Dispatch(OpenShare{})
	if got := d.taken(); got != "" {
		t.Fatalf("opening the dialog did %s", got)
	}
	d.Dispatch(CreateLink{})
	d.Dispatch(CreateLink{})
	if len(d.effects) != 1 {
		t.Fatalf("two presses sent %d times", len(d.effects))
	}
	sent := d.effects[0].(PostReceipt).Receipt
	if _, err := receipt.Parse(sent); err != nil {
		t.Errorf("what is sent is not a receipt: %v", err)
	}
	if strings.Contains(string(sent), "net.onnx") {
		t.Error("the file name was sent unasked")
	}
	d.Dispatch(Stored{ID: digest("f")})
	if s := d.State().Share; s.ID != digest("f") || s.Sending {
		t.Errorf("after the answer: %+v", s)
	}
}

func TestNameOfTheModelIsToldOnlyIfAsked(t *testing.T) {
	d := finished(t)
	d.Dispatch(OpenShare{})
	d.Dispatch(NameModel{On: true})
	if _, b, err := d.State().Receipt(); err != nil || !strings.Contains(string(b), "net.onnx") {
		t.Errorf("not told: %v", err)
	}
	d.Dispatch(Stored{ID: digest("f")})
	d.Dispatch(NameModel{On: false})
	if d.State().Share.ID != "" {
		t.Error("the link of another receipt stays")
	}
}

func TestSourceIsToldWhereItIsALink(t *testing.T) {
	d := finished(t)
	d.Dispatch(OpenShare{})
	for link, want := range map[string]bool{" https://example.org/net.onnx ": true, "javascript:alert(1)": false, "": false} {
		d.Dispatch(Stored{ID: digest("f")})
		d.Dispatch(TellSource{Link: link})
		s := d.State()
		r, _, err := s.Receipt()
		if err != nil || (r.Model.Source != "") != want || s.Share.ID != "" {
			t.Errorf("%q: %q, %v, link %q", link, r.Model.Source, err, s.Share.ID)
		}
		if (s.Share.SourceProblem() == "") != (want || link == "") {
			t.Errorf("%q: %q", link, s.Share.SourceProblem())
		}
	}
}

// claimed is a desk at the page of a link to d's result.
func claimed(t *testing.T, from *desk) (*desk, *receipt.Receipt) {
	t.Helper()
	r, raw, err := from.State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	id := receipt.Sum(raw)
	d := newDesk()
	d.Dispatch(OpenClaim{ID: id})
	if got := d.taken(); got != "GetReceipt" {
		t.Fatalf("opening a link did %s", got)
	}
	d.Dispatch(Fetched{ID: id, Receipt: raw, SampleSHA256: digest("a")})
	if c := d.State().Claim; c.Receipt == nil || !c.Sample {
		t.Fatalf("claim %+v", c)
	}
	return d, r
}

// claimed1 is claimed with a receipt of the first version.
func claimed1(t *testing.T) (*desk, *receipt.Receipt) {
	t.Helper()
	from := finished(t)
	from.state.Result.Receipt.Format = receipt.Format1
	return claimed(t, from)
}

func TestLinks(t *testing.T) {
	id := digest("d")
	for text, ok := range map[string]bool{
		id:                                      true,
		"http://127.0.0.1:8080/r/" + id:         true,
		" https://example.org/r/" + id + "/#x ": true,
		"<https://example.org/r/" + id + ">.":   true,
		"https://example.org/#rece":             true, // its page says that it is not whole
		"http://127.0.0.1:8080/":                false,
		"r/../../etc":                           false,
		"":                                      false,
	} {
		d := newDesk()
		d.Dispatch(FollowLink{Text: text})
		if got := d.taken() == "OpenLink"; got != ok {
			t.Errorf("%q: followed %v, want %v", text, got, ok)
		}
	}
}

// A link that holds the receipt opens without a server, and says what is wrong with it.
func TestPackedLinks(t *testing.T) {
	r, _, err := finished(t).State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	packed, err := r.Pack()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk()
	d.Dispatch(FollowLink{" https://elsewhere.example/#receipt=" + packed + "\n"})
	if link, ok := d.effects[0].(OpenLink); !ok || link.Packed != packed {
		t.Fatalf("following the link did %v", d.effects)
	}
	d.Dispatch(OpenPacked{packed})
	d.Dispatch(SampleNamed{digest("a")})
	if c := d.State().Claim; c.Receipt == nil || !c.Sample || c.Packed != packed || d.State().Place != AtClaim {
		t.Errorf("claim %+v", c)
	}
	for wrong, want := range map[string]string{
		"":                     "The link is not whole: copy all of it, or ask for the receipt file.",
		packed[:len(packed)-9]: "The link is not whole: copy all of it, or ask for the receipt file.",
		"9" + packed[1:]:       "This link is of a newer Quantscope, or is none; reload the page or update it.",
	} {
		d.Dispatch(OpenPacked{wrong})
		if got := d.State().Claim.Problem; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDeletingALink(t *testing.T) {
	d := finished(t)
	d.Dispatch(OpenShare{})
	d.Dispatch(CreateLink{})
	d.Dispatch(Stored{ID: digest("f"), Key: "key"})
	d.taken()
	d.Dispatch(DeleteLink{})
	d.Dispatch(DeleteLink{})
	if got := d.taken(); got != "DeleteReceipt" {
		t.Fatalf("two presses did %q", got)
	}
	d.Dispatch(Deleted{Problem: "no"})
	if s := d.State().Share; s.ID == "" || s.Key == "" || s.Problem != "no" {
		t.Errorf("after a failure: %+v", s)
	}
	d.Dispatch(DeleteLink{})
	d.Dispatch(Deleted{})
	if s := d.State().Share; s.ID != "" || s.Key != "" || s.Sending {
		t.Errorf("after deletion: %+v", s)
	}
}
