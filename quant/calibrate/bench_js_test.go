package calibrate_test

import (
	"syscall/js"
	"testing"
	"time"
)

// processor is how long this process of Node.js has computed.
func processor(*testing.B) time.Duration {
	u := js.Global().Get("process").Call("cpuUsage")
	return time.Duration(u.Get("user").Int()+u.Get("system").Int()) * time.Microsecond
}
