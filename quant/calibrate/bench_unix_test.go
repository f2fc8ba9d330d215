//go:build unix

package calibrate_test

import (
	"syscall"
	"testing"
	"time"
)

// processor is how long this process has computed.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
