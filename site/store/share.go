package store

import (
	"encoding/json"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

// Share is the dialog that makes a link of the result.
type Share struct {
	Open    bool
	Named   bool   // the receipt tells the model's file name
	Source  string // where the model can be had, as far as it is typed; the receipt tells it where it is a link
	Sending bool   // the receipt is on its way, or its deletion
	ID      string // of the stored receipt; empty before
	Key     string // deletes it; empty where somebody else had stored the same receipt before
	Problem string
}

// OpenShare shows the dialog. Nothing is sent by it.
type OpenShare struct{}

func (OpenShare) apply(s State) (State, []Effect) {
	if s.Result != nil {
		s.Share.Open = true
		s.Share.Problem = ""
		s.Copied = ""
	}
	return s, nil
}

// CloseShare hides the dialog.
type CloseShare struct{}

func (CloseShare) apply(s State) (State, []Effect) {
	s.Share.Open = false
	return s, nil
}

// NameModel puts the file name into the receipt, or takes it out again. It is another receipt then.
type NameModel struct{ On bool }

func (a NameModel) apply(s State) (State, []Effect) {
	s.Share = Share{Open: s.Share.Open, Named: a.On, Source: s.Share.Source}
	return s, nil
}

// TellSource puts a link to the model into the receipt, "" takes it out again. It is another receipt then.
type TellSource struct{ Link string }

func (a TellSource) apply(s State) (State, []Effect) {
	s.Share = Share{Open: s.Share.Open, Named: s.Share.Named, Source: strings.TrimSpace(a.Link)}
	return s, nil
}

// SourceProblem tells what is wrong with the link to the model; "" where it is one, or there is none.
func (s Share) SourceProblem() string {
	if s.Source == "" {
		return ""
	}
	if err := receipt.CheckSource(s.Source); err != nil {
		return sentence(err.Error())
	}
	return ""
}

// Receipt is what would be shared of the result: the core's receipt, with the file name if the user
// wants it told.
func (s State) Receipt() (*receipt.Receipt, []byte, error) {
	r := s.Result.Receipt
	r.Model.Name = ""
	if s.Share.Named {
		r.Model.Name = s.Result.Model.Summary.Name
	}
	if r.Model.Source = ""; s.Share.SourceProblem() == "" {
		r.Model.Source = s.Share.Source
	}
	b, err := r.Canonical()
	return &r, b, err
}

// CreateLink sends the receipt, and only the receipt, to the share service.
type CreateLink struct{}

func (CreateLink) apply(s State) (State, []Effect) {
	if s.Result == nil || s.Share.Sending || s.Share.ID != "" {
		return s, nil
	}
	_, b, err := s.Receipt()
	if err != nil {
		s.Share.Problem = err.Error()
		return s, nil
	}
	s.Share.Sending, s.Share.Problem = true, ""
	return s, []Effect{PostReceipt{Receipt: b}}
}

// Stored is the share service's answer.
type Stored struct{ ID, Key, Problem string }

func (a Stored) apply(s State) (State, []Effect) {
	s.Share.Sending = false
	s.Share.ID, s.Share.Key, s.Share.Problem = a.ID, a.Key, a.Problem
	if a.ID != "" {
		s.Said = "The link is ready."
	}
	return s, nil
}

// DeleteLink takes the receipt out of the share service again.
type DeleteLink struct{}

func (DeleteLink) apply(s State) (State, []Effect) {
	if s.Share.Key == "" || s.Share.Sending {
		return s, nil
	}
	s.Share.Sending, s.Share.Problem = true, ""
	return s, []Effect{DeleteReceipt{ID: s.Share.ID, Key: s.Share.Key}}
}

// Deleted is the share service's answer.
type Deleted struct{ Problem string }

func (a Deleted) apply(s State) (State, []Effect) {
	s.Share.Sending, s.Share.Problem = false, a.Problem
	if a.Problem == "" {
		s.Share.ID, s.Share.Key = "", ""
		s.Said = "The receipt was deleted from this server."
	}
	return s, nil
}

// CopyLink puts a link on the clipboard.
type CopyLink struct {
	URL  string
	Full bool // the one that holds the whole receipt
}

// What Copied says of links.
const (
	CopiedLink     = "link"
	CopiedFullLink = "full link"
)

func (a CopyLink) apply(s State) (State, []Effect) {
	s.copying = CopiedLink
	if a.Full {
		s.copying = CopiedFullLink
	}
	return s, []Effect{CopyText{Text: a.URL}}
}

// Copied confirms it.
type Copied struct{ OK bool }

func (a Copied) apply(s State) (State, []Effect) {
	s.Copied = ""
	if a.OK {
		s.Copied = s.copying
		s.Said = "Copied."
	} else {
		s.Share.Problem = "The browser did not allow copying. Select the text and copy it by hand."
	}
	return s, nil
}

// SaveReceipt downloads the receipt as a file, which can be dropped on the page instead of a link.
type SaveReceipt struct{}

func (SaveReceipt) apply(s State) (State, []Effect) {
	if s.Result == nil {
		return s, nil
	}
	r, _, err := s.Receipt()
	if err != nil {
		s.Share.Problem = err.Error()
		return s, nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		s.Share.Problem = err.Error()
		return s, nil
	}
	return s, []Effect{Save{Name: stem(s.Result.Model.Summary.Name) + ".receipt.json", Type: "application/json", Text: string(text) + "\n"}}
}
