package dataset

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// LabelSource is where the labels of images come from.
type LabelSource string

// Sources of labels.
const (
	FromAuto   LabelSource = "auto"   // a CSV if there is one, wnids, then folders; none of them: no labels
	FromFolder LabelSource = "folder" // the folder a file is in
	FromPrefix LabelSource = "prefix" // the file name up to its number: cat_001.png, n01440764_18.JPEG
	FromCSV    LabelSource = "csv"    // rows of name and label
	FromArray  LabelSource = "array"  // an array of integers beside the array of items; never asked for
	FromNone   LabelSource = "none"
)

// maxClass bounds a class index.
const maxClass = 1 << 20

func (s LabelSource) check() error {
	switch s {
	case FromAuto, FromFolder, FromPrefix, FromCSV, FromNone:
		return nil
	}
	return fmt.Errorf("labels from %q; it must be auto, folder, prefix, csv or none", string(s))
}

// label gives each file its class: first a text from the source that from names, then its index.
func (d *Dataset) label(files []File, from LabelSource, table map[string]string) error {
	if from == FromAuto {
		if from = detect(files, d.Classes, table); from == FromNone {
			d.Notes = append(d.Notes, "No labels were found in names, folders or a CSV.")
		}
		if table != nil && from != FromCSV {
			d.Notes = append(d.Notes, "The CSV has a row for none of the images and was left out.")
		}
	}
	d.Source = from
	texts := make([]string, len(files))
	switch from {
	case FromNone:
		return nil
	case FromCSV:
		if table == nil {
			return fmt.Errorf("labels are to come from a CSV, but there is none among the files")
		}
		for i, f := range files {
			texts[i] = lookup(table, f)
		}
	case FromFolder:
		inner := innermost(files)
		for i, f := range files {
			if inner[path.Dir(f.Name)] {
				texts[i] = f.folder()
			}
		}
	case FromPrefix:
		wnids := mostly(files, d.Classes, isWnid)
		for i, f := range files {
			if texts[i] = prefix(f.base(), d.Classes); wnids && !isWnid(texts[i]) {
				texts[i] = ""
			}
		}
	}
	if err := d.number(texts, from); err != nil {
		return err
	}
	if d.Classes != nil && d.Classes.byName == nil { // ImageNet by wnid: the files may tell the names
		for i, f := range files {
			if id, name, found := strings.Cut(f.base(), "_"); found && isWnid(id) && d.labels[i] >= 0 && strings.Trim(name, "0123456789_") != "" {
				d.Classes.Names[d.labels[i]] = name
			}
		}
	}
	return nil
}

// detect decides where labels come from when the user did not: what is so of most images is so, and the
// others have no label.
func detect(files []File, classes *Classes, table map[string]string) LabelSource {
	if slices.ContainsFunc(files, func(f File) bool { return lookup(table, f) != "" }) {
		return FromCSV
	}
	folders, known, inner := map[string]bool{}, false, innermost(files)
	for _, f := range files {
		if inner[path.Dir(f.Name)] {
			folders[f.folder()] = true
			known = known || isWnid(f.folder()) || classes != nil && classes.has(f.folder())
		}
	}
	switch {
	case mostly(files, classes, func(p string) bool { return isWnid(p) || classes != nil && classes.has(p) }):
		return FromPrefix
	case len(folders) > 1 || known:
		return FromFolder
	}
	return FromNone
}

// mostly tells whether the names of more than half of the files begin with such a class.
func mostly(files []File, classes *Classes, is func(prefix string) bool) bool {
	n := 0
	for _, f := range files {
		if is(prefix(f.base(), classes)) {
			n++
		}
	}
	return 2*n > len(files)
}

// innermost are the folders of files that have no folder of files in them: an image beside folders is in
// none of their classes.
func innermost(files []File) map[string]bool {
	inner := map[string]bool{}
	for _, f := range files {
		if dir := path.Dir(f.Name); dir != "." && dir != "/" {
			inner[dir] = true
		}
	}
	for _, f := range files {
		for dir := path.Dir(path.Dir(f.Name)); dir != "." && dir != "/"; dir = path.Dir(dir) {
			delete(inner, dir)
		}
	}
	return inner
}

// number turns the classes' texts into indices: through the class list if there is one, as wnids of
// ImageNet, as numbers, or else by their alphabetical order.
func (d *Dataset) number(texts []string, from LabelSource) error {
	distinct := slices.Compact(slices.Sorted(slices.Values(texts)))
	distinct = slices.DeleteFunc(distinct, func(s string) bool { return s == "" })
	if len(distinct) == 0 {
		return fmt.Errorf("no labels found (from %s)", from)
	}
	all := func(is func(string) bool) bool {
		return !slices.ContainsFunc(distinct, func(s string) bool { return !is(s) })
	}
	if d.Classes == nil {
		switch {
		case all(isWnid):
			d.Classes = ImageNet()
		case all(isNumber) && !slices.ContainsFunc(distinct, isIndex):
			return fmt.Errorf("the label %s stands for no class: every item has such a one", distinct[0])
		case all(isNumber): // -1 of what has no class does not make names of the others
			d.Classes = &Classes{}
			d.Notes = append(d.Notes, "Class labels are numbers and were taken as class indices.")
		default:
			if len(distinct) > maxClass {
				return fmt.Errorf("%d classes are more than %d", len(distinct), maxClass)
			}
			d.Classes = listed(distinct)
			d.Notes = append(d.Notes, fmt.Sprintf("The %d classes were numbered in alphabetical order, %s = 0; add a class list (classes.txt) if the network numbers them otherwise.",
				len(distinct), distinct[0]))
		}
	}
	d.labels = make([]int, len(texts))
	unknown, example := 0, ""
	for i, text := range texts {
		d.labels[i] = d.Classes.index(text)
		if d.labels[i] < 0 {
			unknown++
			if text != "" {
				example = text
			}
		}
	}
	switch {
	case unknown == len(texts):
		return fmt.Errorf("no label is in the class list; the first is %q", distinct[0])
	case unknown > 0 && example != "":
		d.Notes = append(d.Notes, fmt.Sprintf("%d items have no known label, for example %q; they do not count in top-1.", unknown, example))
	case unknown > 0:
		d.Notes = append(d.Notes, fmt.Sprintf("%d items have no label; they do not count in top-1.", unknown))
	}
	return nil
}

func isIndex(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= maxClass
}

// isNumber tells whether a label is a class index, or a number below 0, of what has none.
func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n <= maxClass
}

// prefix is the class part of a file name: a leading wnid, the longest name of the class list that
// it begins with, or what stands before its number.
func prefix(base string, classes *Classes) string {
	if len(base) >= 9 && isWnid(base[:9]) {
		return base[:9]
	}
	if classes != nil && len(classes.byName) > 0 {
		name := plain(base)
		for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '_') {
			if _, ok := classes.byName[name[:end]]; ok {
				return name[:end]
			}
		}
	}
	return strings.TrimRight(base, "0123456789 _-.()")
}
