package dataset

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// maxText bounds class lists and CSV files.
const maxText = 64 << 20

// Open makes a dataset of what a user dropped: images or sounds in folders, zip archives of them, or .npy and .npz arrays;
// besides, a .csv of labels and a .txt class list (its name contains class,
// label or synset). Images are ordered by name, so that the order in which a browser lists a folder
// does not matter. Files of other kinds are left out with a note.
func Open(files []File, from LabelSource) (*Dataset, error) {
	if err := from.check(); err != nil {
		return nil, err
	}
	sorted, err := sortOut(files)
	if err != nil {
		return nil, err
	}
	var d *Dataset
	switch {
	case len(sorted.images) == 0 && len(sorted.arrays) > 0:
		if d, err = openArrays(sorted.arrays, from); err != nil {
			return nil, err
		}
		d.Classes = sorted.classes
	case len(sorted.images) > 0:
		if d, err = openFiles(sorted.images, func(files []File) source { return newFileSource(files) }, sorted, from); err != nil {
			return nil, err
		}
	case len(sorted.sounds) > 0:
		if d, err = openFiles(sorted.sounds, func(files []File) source { return newSounds(files) }, sorted, from); err != nil {
			return nil, err
		}
	case sorted.unread != nil:
		return nil, sorted.unread
	case len(sorted.others) > 0:
		return nil, fmt.Errorf("no images among the files: %s is none of %s", sorted.others[0], extensions())
	default:
		return nil, fmt.Errorf("no images: choose %s files, .npy or .npz arrays, or a .zip of them", formatNames())
	}
	if sorted.unread != nil {
		d.Notes = append(d.Notes, fmt.Sprintf("An archive was left out: %v.", sorted.unread))
	}
	if len(sorted.images) > 0 && len(sorted.arrays) > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d arrays were left out, for example %s: there are images.", len(sorted.arrays), sorted.arrays[0].Name))
	}
	if n := len(sorted.sounds); n > 0 && len(sorted.images)+len(sorted.arrays) > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d sounds were left out, for example %s: there are images or arrays.", n, sorted.sounds[0].Name))
	}
	if len(sorted.others) > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d files of other kinds were left out, for example %s.", len(sorted.others), sorted.others[0]))
	}
	return d, nil
}

// openFiles makes a dataset of files of which each is an item.
func openFiles(files []File, serve func(files []File) source, c *contents, from LabelSource) (*Dataset, error) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files[1:] {
		if f.Name == files[i].Name {
			return nil, fmt.Errorf("two files are named %s; their order would be undefined", f.Name)
		}
	}
	d := &Dataset{items: serve(files), Classes: c.classes}
	return d, d.label(files, from, c.table)
}

// contents are a user's files by what they are.
type contents struct {
	images  []File
	arrays  []File
	sounds  []File
	classes *Classes
	table   map[string]string // labels by name, from a CSV
	others  []string
	unread  error // of the first archive that cannot be read
}

func sortOut(files []File) (*contents, error) {
	c := &contents{}
	for _, f := range files {
		if f.hidden() {
			continue
		}
		if e := f.extension(); e != ".zip" && e != ".npz" {
			if err := c.add(f); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			continue
		}
		inside, err := Unzip(f)
		if err != nil && c.unread == nil {
			c.unread = fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, g := range inside {
			if g.hidden() {
				continue
			}
			if err := c.add(g); err != nil {
				return nil, fmt.Errorf("%s: %w", g.Name, err)
			}
		}
	}
	return c, nil
}

func (c *contents) add(f File) error {
	name := strings.ToLower(path.Base(f.Name))
	isList := strings.Contains(name, "class") || strings.Contains(name, "label") || strings.Contains(name, "synset")
	switch e := f.extension(); {
	case isImage(e):
		c.images = append(c.images, f)
	case slices.Contains(soundExtensions(), e):
		c.sounds = append(c.sounds, f)
	case e == ".npy":
		c.arrays = append(c.arrays, f)
	case e == ".csv" || e == ".txt" && isList:
		b, err := f.read(maxText)
		if err != nil {
			return err
		}
		if e == ".csv" {
			if c.table != nil {
				return errors.New("a second CSV of labels; leave one out")
			}
			c.table, err = parseCSV(string(b))
		} else {
			if c.classes != nil {
				return errors.New("a second class list; leave one out")
			}
			c.classes, err = ParseClasses(string(b))
		}
		return err
	default:
		c.others = append(c.others, f.Name)
	}
	return nil
}
