package receipt

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
)

// Mark is a few bits of an item, by which whoever has the items can tell which of a set is another one: the first two
// bytes of the SHA-256 of its bytes, as they stand, and the low byte of its label, which is 255 where there is none.
// It is no proof: for that there are digests.
type Mark [3]byte

// NewMark is the mark of an item whose bytes have a digest, and whose label is -1 where it is not known.
func NewMark(sum [32]byte, label int) Mark { return Mark{sum[0], sum[1], byte(label)} }

func (m Mark) content() uint16 { return uint16(m[0])<<8 | uint16(m[1]) }

// Marks are those of a set's items, in its order and in hexadecimal. Of a set with more than maxMarks items each mark is
// of as many neighbours as it takes: the sums of their contents modulo 2^16 and of their labels modulo 2^8.
type Marks string

// maxMarks bounds what they add to a link: 192 of each set are some 1,500 characters.
const maxMarks = 192

// together is how many items of n have one mark.
func together(n int) int { return max(1, (n+maxMarks-1)/maxMarks) }

// NewMarks are the marks of a set.
func NewMarks(items []Mark) Marks {
	var b strings.Builder
	for _, m := range grouped(items) {
		b.WriteString(hex.EncodeToString(m[:]))
	}
	return Marks(b.String())
}

func grouped(items []Mark) []Mark {
	var out []Mark
	for group := range slices.Chunk(items, together(len(items))) {
		content, label := uint16(0), byte(0)
		for _, m := range group {
			content += m.content()
			label += m[2]
		}
		out = append(out, Mark{byte(content >> 8), byte(content), label})
	}
	return out
}

// list is what NewMarks wrote of n items; ok is false where it wrote something else.
func (m Marks) list(n int) (out []Mark, ok bool) {
	b, err := hex.DecodeString(string(m))
	if size := together(n); err != nil || len(b) != len(Mark{})*((n+size-1)/size) || hex.EncodeToString(b) != string(m) {
		return nil, false
	}
	for one := range slices.Chunk(b, len(Mark{})) {
		out = append(out, Mark(one))
	}
	return out, true
}

// Items are one's own, of which a set was chosen.
type Items struct {
	Names []string // of all
	Marks []Mark   // of all
	Set   []int    // which of them are the set, in its order
}

// difference is in what a set differs from one's own, as far as marks tell.
type difference int

const (
	untold     difference = iota
	reordered             // all items are among one's own, which come in another order
	relabelled            // the same items in the same order, of which some have other labels
	moved                 // as reordered, and some have other labels: an item in another folder has both
	another               // some items are not among one's own
)

// items compares two sets.
func items(name string, expected, got Set, own Items) (s Step, d difference) {
	s = step(name, expected.String(), got.String())
	there, told := expected.Marks.list(expected.Count)
	switch {
	case s.Status == NotRun:
		return s, untold
	case s.Status == Match && expected.Marks != "" && expected.Marks != got.Marks:
		s.Status, s.contradicts, s.Detail = Differs, true, "the digest is the same and the items' marks are not: the receipt contradicts itself"
		return s, untold
	case s.Status == Match:
		return s, untold
	case !told || len(own.Set) == 0:
		s.Detail = fmt.Sprintf("as many items, %d, of which some are others, have other labels or come in another order", got.Count)
		if expected.Count != got.Count {
			s.Detail = fmt.Sprintf("%d items here, %d in the receipt: give all of the images, and nothing else", got.Count, expected.Count)
		}
		return s, untold
	}
	if expected.Count == got.Count {
		if d, found := own.inPlace(&s, there); found {
			return s, d
		}
	}
	return s, own.elsewhere(&s, there, expected.Count)
}

// inPlace finds what differs where the items are the same but for some, which have others in their places.
func (own Items) inPlace(s *Step, there []Mark) (d difference, found bool) {
	size := together(len(own.Set))
	var chosen []Mark
	for _, i := range own.Set {
		chosen = append(chosen, own.Marks[i])
	}
	contents, labels, first := 0, 0, -1
	for k, here := range grouped(chosen) {
		if here == there[k] {
			continue
		}
		if here.content() == there[k].content() {
			labels++
		} else {
			contents++
		}
		if first < 0 {
			first = k
		}
	}
	if missing, _, _ := own.find(there); first < 0 || size == 1 && missing < contents {
		return untold, false // it is the order, or more than marks tell
	}
	s.Layer = Label(own.Names[own.Set[first*size]])
	all, at := fmt.Sprintf("of %d items", len(own.Set)), s.Layer
	if size > 1 {
		all, at = fmt.Sprintf("of %d groups of %d items", len(there), size), "that which begins with "+s.Layer
	}
	if contents == 0 {
		s.Detail = fmt.Sprintf("%s %d %s another label, the first is %s", all, labels, verb(labels, "has", "have"), at)
		return relabelled, true
	}
	s.Detail = fmt.Sprintf("%s %d %s in the receipt, the first is %s", all, contents+labels, verb(contents+labels, "is not the one", "are not those"), at)
	if size > 1 {
		return untold, true
	}
	return another, true
}

// find looks for a set's items among all of one's own: how many are not there, how many only with another label, and
// one's own first of these.
func (own Items) find(there []Mark) (missing, labels int, first string) {
	byContent := map[uint16][]int{}
	for i, m := range own.Marks {
		byContent[m.content()] = append(byContent[m.content()], i)
	}
	for _, m := range there {
		same := byContent[m.content()]
		switch {
		case len(same) == 0:
			missing++
		case !slices.ContainsFunc(same, func(i int) bool { return own.Marks[i] == m }):
			if labels++; labels == 1 {
				first = Label(own.Names[same[0]])
			}
		}
	}
	return missing, labels, first
}

// elsewhere finds what differs where items may have changed places.
func (own Items) elsewhere(s *Step, there []Mark, n int) difference {
	s.Detail = fmt.Sprintf("as many items, %d", n)
	if len(own.Set) != n {
		s.Detail = fmt.Sprintf("%d items here, %d in the receipt", len(own.Set), n)
	}
	if together(n) > 1 {
		s.Detail += ": some are others, have other labels or come in another order"
		return untold
	}
	missing, labels, first := own.find(there)
	all := "the receipt's " + phrase.Plural(n, "item", "items")
	switch {
	case missing > 0:
		s.Detail += fmt.Sprintf(": %d of %s cannot be found among the %d given", missing, all, len(own.Marks))
		return another
	case labels > 0:
		s.Layer = first
		s.Detail += fmt.Sprintf(": %s are all here, %d with another label, the first is %s", all, labels, first)
		return moved
	}
	s.Detail += fmt.Sprintf(": %s are all here, and others were chosen, or in another order", all)
	return reordered
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
