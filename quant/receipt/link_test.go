package receipt

import (
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	for _, r := range []*Receipt{sample1(t), sample(t)} {
		link, err := r.Link("https://example.org/")
		if err != nil {
			t.Fatal(err)
		}
		packed, ok := Linked(link)
		if !ok || !strings.HasPrefix(link, "https://example.org/#receipt=1") {
			t.Fatalf("the link is %s", link)
		}
		back, err := Unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := r.Digest()
		if got, _ := back.Digest(); got != want {
			t.Errorf("digest %s, want %s", got, want)
		}
	}
	if _, ok := Linked("https://example.org/r/" + Sum(nil)); ok {
		t.Error("a link by digest carries a receipt")
	}
}

// A link that was cut off anywhere says so; one letter changed anywhere is noticed.
func TestWrongLinks(t *testing.T) {
	packed, err := sample(t).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(packed) {
		if _, err := Unpack(packed[:n]); err != errCutLink {
			t.Fatalf("%d of %d characters: %v", n, len(packed), err)
		}
	}
	for i := 1; i < len(packed)-1; i++ { // bits of the last letter may mean nothing
		for _, letter := range "A_!" {
			wrong := packed[:i] + string(letter) + packed[i+1:]
			if wrong == packed {
				continue
			}
			if _, err := Unpack(wrong); err != errDamagedLink && err != errCutLink {
				t.Fatalf("character %d is %c: %v", i, letter, err)
			}
		}
	}
	if _, err := Unpack("2" + packed[1:]); err != errNewerLink {
		t.Errorf("another version: %v", err)
	}
	if _, err := Unpack("1" + strings.Repeat("A", 2*MaxBytes+1)); err == nil || !strings.Contains(err.Error(), "characters") {
		t.Errorf("an endless link: %v", err)
	}
}

// What mails and chats put into a link and behind it does not damage it; a link cut off within its mark is known for one.
func TestTidyLinks(t *testing.T) {
	link, err := sample(t).Link("https://example.org/")
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := Linked(link)
	middle := len(link) / 2
	for _, text := range []string{
		link + ".", link + ")", link + ">,", "<" + link + ">", "“" + link + "”", link + "%20", link + "%3E", link + "…", "  " + link + "\n", link + "%E2%80%9D", link + "%29.", link + "~",
		strings.Replace(link, "#", "%23", 1), link[:middle] + "\u200b" + link[middle:],
		link[:middle] + "\r\n" + link[middle:], link[:middle] + "%0A" + link[middle:], link[:middle] + "\n    " + link[middle:],
	} {
		if packed, ok := Linked(text); !ok || packed != whole {
			t.Errorf("…%q: %v, %d of %d characters", text[len(text)-9:], ok, len(packed), len(whole))
		}
	}
	mark := strings.Index(link, LinkMark)
	for n := range len(LinkMark) - 1 {
		if packed, ok := Linked(link[:mark+n+2]); !ok || packed != "" {
			t.Errorf("%s: %q, %v", link[:mark+n+2], packed, ok)
		}
	}
	for _, other := range []string{"https://example.org/", "https://example.org/#", "https://example.org/#model", "receipt.json", "#receipts", ""} {
		if packed, ok := Linked(other); ok {
			t.Errorf("%s carries a receipt, %q", other, packed)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	packed, err := sample(f).Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add("1")
	f.Add("1AAAAAAMA")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Unpack(s)
		if err != nil {
			return
		}
		if _, err := r.Pack(); err != nil {
			t.Errorf("read but not packed again: %v", err)
		}
	})
}
