//go:build !js

package vecty

// Outside a browser nothing is drawn and nothing happens, but what would be drawn can be written: see
// String. These let components be compiled there.

// Object is a value of the browser.
type Object struct{}

func (Object) Get(string) Object          { return Object{} }
func (Object) Set(string, any)            {}
func (Object) Call(string, ...any) Object { return Object{} }
func (Object) Index(int) Object           { return Object{} }
func (Object) Length() int                { return 0 }
func (Object) String() string             { return "" }
func (Object) Bool() bool                 { return false }
func (Object) Truthy() bool               { return false }
func (Object) Int() int                   { return 0 }
func (Object) Float() float64             { return 0 }

// Event is what a listener hears.
type Event struct{}

func (*Event) Target() Object    { return Object{} }
func (*Event) Value() string     { return "" }
func (*Event) Checked() bool     { return false }
func (*Event) Get(string) Object { return Object{} }
func (*Event) Prevent()          {}

// Node is the element in the page.
func (h *HTML) Node() Object { return Object{} }

// Rerender draws a component again.
func Rerender(Component) {}

// Global is the browser's global object.
func Global() Object { return Object{} }
