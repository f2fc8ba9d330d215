package store

import (
	"strings"

	"github.com/quantscope/quantscope/site/sources"
)

// FetchModel opens the model at an address of one of the hosts of package sources.
type FetchModel struct{ Address string }

func (a FetchModel) apply(s State) (State, []Effect) {
	address, name, err := sources.File(a.Address)
	if err != nil {
		s.Problem = &Problem{
			What: "This address cannot be opened.",
			Why:  err.Error() + ".",
			Next: "Paste the address of an .onnx or .tflite file there, or download the file and drop it here.",
			At:   AtAddress,
		}
		return s, nil
	}
	s.Problem, s.Fetching = nil, address
	return s, []Effect{Fetch{Address: address, Name: name}}
}

// AtAddress is the field for a model's address.
const AtAddress = Spot("address")

// Fetch gets a file from another origin, with nothing of ours but the address; answered by ModelFetched.
type Fetch struct{ Address, Name string }

func (Fetch) effect() {}

// ModelFetched is the file, or why there is none: Status is the host's, 0 where the browser did not let the page see any.
type ModelFetched struct {
	Address string
	File    File
	Status  int
}

func (a ModelFetched) apply(s State) (State, []Effect) {
	if a.Address != s.Fetching {
		return s, nil // another one has been asked for since
	}
	s.Fetching = ""
	if a.Status == 200 {
		return Dropped{Files: []File{a.File}, Model: true}.apply(s)
	}
	p := &Problem{
		What: "The model could not be fetched.",
		Why:  "The host says that there is no such file, or that it is not public.",
		Next: "Check the address in another tab; a file that needs an account has to be downloaded and dropped here.",
		At:   AtAddress,
	}
	if a.Status == 0 {
		host, _, _ := strings.Cut(strings.TrimPrefix(a.Address, "https://"), "/")
		p.Why = "Either " + host + " cannot be reached, or it does not let other pages read this file: a browser hands over only what the host allows by CORS headers, and does not tell which it was."
		p.Next = "Download the file in another tab and drop it here; nothing of it leaves this device."
	}
	s.Problem = p
	return s, nil
}
