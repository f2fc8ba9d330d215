package lessons

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestBuiltIn(t *testing.T) {
	for _, p := range BuiltIn().Pages {
		if p.Title == "" || len(p.Text) == 0 || len(p.Controls) == 0 {
			t.Errorf("page %q: %+v", p.ID, p)
		}
		if p.Ask == nil {
			continue
		}
		for i, o := range p.Ask.Options {
			if o.To < o.From || i > 0 && o.From <= p.Ask.Options[i-1].To {
				t.Errorf("page %q: option %q is empty or overlaps the one before", p.ID, o.Text)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	got := Markdown("One **strong** word\nand `code`.\n\n- a * b\n- **open\n")
	want := []Block{
		{Spans: []Span{{Text: "One "}, {Text: "strong", Strong: true}, {Text: " word and "}, {Text: "code", Code: true}, {Text: "."}}},
		{Item: true, Spans: []Span{{Text: "a * b"}}},
		{Item: true, Spans: []Span{{Text: "**open"}}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v", got)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                     "unexpected",
		`{"pages":[]}`:          "no pages",
		`{"code":"alert(1)"}`:   "unknown field",
		`{"pages":[{"id":""}]}`: "empty or there twice",
		`{"pages":[{"id":"a","picture":"film"}]}`:                                                       `picture "film"`,
		`{"pages":[{"id":"a","picture":"clip","controls":["volume"]}]}`:                                 `control "volume"`,
		`{"pages":[{"id":"a","picture":"clip"}]}`:                                                       "a.md",
		`{"pages":[{"id":"a","picture":"clip","ask":{"ask":"?","measure":"used","set":{"bits":"8"}}}]}`: "its question sets",
		`{"pages":[{"id":"a","picture":"clip","ask":{"ask":"?","measure":"luck"}}]}`:                    `measures "luck"`,
		`{"pages":[{"id":"a","picture":"clip","task":{"task":"!","want":[{"measure":"joy"}]}}]}`:        `measures "joy"`,
	} {
		_, err := Read(fstest.MapFS{"l/lesson.json": {Data: []byte(text)}}, "l")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
