package store

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
)

// The part of an address behind its # is a place, and what the recipe is where it is not the first one.
const recipeMark = "?recipe="

// maxAddress bounds the recipe in an address, packed and unpacked.
const maxAddress = 1 << 20

// RecipeFragment is what the address holds of the recipe, behind the place: nothing for the first recipe.
func (s State) RecipeFragment() string {
	if sameRecipe(s.Recipe, Initial().Recipe) {
		return ""
	}
	text, err := s.Recipe.Canonical()
	if err != nil { // not valid yet
		return ""
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil { // a buffer takes everything
		return ""
	}
	return recipeMark + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// Fragment is what stands behind the # of the address: the place, the page of a lesson, the recipe.
func (s *Store) Fragment() string {
	out := string(s.state.Place)
	if s.state.Place == AtLearn {
		out += s.state.Lesson.Fragment()
	}
	return out + s.recipe
}

// ReadFragment reads what stands behind the #. A recipe that cannot be read is none.
func ReadFragment(fragment string) Arrived {
	place, packed, found := strings.Cut(fragment, recipeMark)
	a := Arrived{Place: AtModel}
	if lesson, ok := strings.CutPrefix(place, string(AtLearn)); ok && (lesson == "" || lesson[0] == '/') {
		a.Place, a.Lesson, place = AtLearn, readLesson(lesson), ""
	}
	for _, p := range append(Places(), AtClaim) {
		if string(p) == place {
			a.Place = p
		}
	}
	if !found || len(packed) > maxAddress {
		return a
	}
	raw, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return a
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxAddress))
	if err != nil {
		return a
	}
	if r, err := recipe.Parse(text); err == nil {
		a.Recipe = &r
	}
	return a
}
