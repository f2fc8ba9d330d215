package store

import "github.com/quantscope/quantscope/wasm/protocol"

// Post sends a command to the core.
type Post struct {
	Message protocol.Message
	Files   []File
}

// Restart ends the core's worker, with whatever it is doing, and starts a fresh one
// with so many threads, 0 for as many as there are cores; of another release where Engine says so.
type Restart struct {
	Threads int
	Engine  EngineFiles
}

// FindEngine looks for an engine of another release among those that the site has; answered by EngineFound.
type FindEngine struct{ Release string }

// ShowPlace puts a place into the address and brings it into view.
type ShowPlace struct{ Place Place }

// Reveal brings what a press has begun into view, once it is drawn, if it is not there already: an element by its id.
type Reveal struct{ ID string }

// FetchSample gets a sample that ships with the page; answered by Sample.
type FetchSample AskSample

// Sniff reads a small text file; answered by TextRead.
type Sniff struct{ File File }

// Recall asks for the work that was kept; answered by Recalled.
type Recall struct{}

// KeepRecords writes records of the work and takes others away; a failure is answered by Unkept.
type KeepRecords struct {
	Put  []Record
	Drop []string
}

// ForgetAll takes everything away that was kept.
type ForgetAll struct{}

// Save downloads a file to the user's disk.
type Save struct {
	Name, Type string
	File       File   // the bytes, or
	Text       string // the text
}

// SavePicture downloads a plot that the page shows, as SVG.
type SavePicture struct{ Selector, Name string }

// SaveReport downloads what Inspect shows as one HTML document.
type SaveReport struct{ Name, Title string }

// CopyText puts text on the clipboard; answered by Copied.
type CopyText struct{ Text string }

// PostReceipt sends a receipt, and nothing else, to the share service; answered by Stored.
type PostReceipt struct{ Receipt []byte }

// GetReceipt fetches a receipt by its id; answered by Fetched.
type GetReceipt struct{ ID string }

// Revoke frees pictures that are not shown any more.
type Revoke struct{ URLs []string }

// DeleteReceipt takes a receipt out of the share service again; answered by Deleted.
type DeleteReceipt struct{ ID, Key string }

// NameSample asks which model the page's sample is; answered by SampleNamed.
type NameSample struct{}

// OpenLink goes to a result page of this site, by its id or with the whole receipt.
type OpenLink struct{ ID, Packed string }

func (Post) effect()          {}
func (Restart) effect()       {}
func (ShowPlace) effect()     {}
func (Reveal) effect()        {}
func (FetchSample) effect()   {}
func (Sniff) effect()         {}
func (Save) effect()          {}
func (SavePicture) effect()   {}
func (SaveReport) effect()    {}
func (CopyText) effect()      {}
func (PostReceipt) effect()   {}
func (FindEngine) effect()    {}
func (GetReceipt) effect()    {}
func (DeleteReceipt) effect() {}
func (NameSample) effect()    {}
func (Revoke) effect()        {}
func (Recall) effect()        {}
func (KeepRecords) effect()   {}
func (ForgetAll) effect()     {}
func (OpenLink) effect()      {}
