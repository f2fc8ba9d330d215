// Package protocol is what the page and the core in its Web Worker say to each other. The page asks an
// endpoint, the core answers it; each endpoint stands in a file with the types of its request and its
// answer. A message is a small JSON document and a list of parts: on the way to the core the user's files
// (handed over as Blobs, read lazily there), on the way back result files (ArrayBuffers, transferred,
// never cloned). The page imports this package and nothing else of the core.
package protocol

import "encoding/json"

// Kind names an endpoint.
type Kind string

// Word says what a message is.
type Word string

// What the page says, and what the core says.
const (
	Ask    Word = "ask"    // a request
	Answer Word = "answer" // to a request
	Step   Word = "step"   // how far a request has come; body Progress
	Fail   Word = "fail"   // a request has no answer; body Failure
	Ready  Word = "ready"  // the core has started; body Engine
)

// Message is one message without its parts. Job ties an answer to the request it answers: the page
// numbers its requests and drops answers to those it has since abandoned.
type Message struct {
	Word Word            `json:"word"`
	Kind Kind            `json:"kind,omitempty"`
	Job  int             `json:"job"`
	Body json.RawMessage `json:"body,omitempty"`
}

// New makes a message of a body.
func New(word Word, kind Kind, job int, body any) (Message, error) {
	raw, err := json.Marshal(body)
	return Message{Word: word, Kind: kind, Job: job, Body: raw}, err
}

// Read reads the body of a message.
func Read[T any](m Message) (T, error) {
	var body T
	err := json.Unmarshal(m.Body, &body)
	return body, err
}

// Endpoint is one thing that the core can be asked for, with the types of what is asked and answered.
type Endpoint[Request, Answer any] struct{ Kind Kind }

// Ask is a request.
func (e Endpoint[Request, _]) Ask(job int, r Request) (Message, error) {
	return New(Ask, e.Kind, job, r)
}

// Asked reads a request.
func (e Endpoint[Request, _]) Asked(m Message) (Request, error) { return Read[Request](m) }

// Answer is an answer.
func (e Endpoint[_, A]) Answer(job int, a A) (Message, error) { return New(Answer, e.Kind, job, a) }

// Answered reads an answer.
func (e Endpoint[_, A]) Answered(m Message) (A, error) { return Read[A](m) }
