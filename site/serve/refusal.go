package serve

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/quantscope/quantscope/site/policy"
	"github.com/quantscope/quantscope/site/share"
)

// maxConns bounds what all clients together hold of memory; further ones wait to be accepted.
const maxConns = 4096

// listener gives connections on which net/http's own answers, to what it cannot read as a request, are
// like the handler's: it writes those past any handler.
type listener struct {
	*net.TCPListener
	log   *slog.Logger
	slots chan struct{}
}

func listen(addr string, log *slog.Logger) (*listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &listener{l.(*net.TCPListener), log, make(chan struct{}, maxConns)}, nil
}

func (l *listener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	c, err := l.AcceptTCP()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &conn{TCPConn: c, log: l.log, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

type conn struct {
	*net.TCPConn
	log     *slog.Logger
	release func()
}

func (c *conn) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}

// Write replaces an answer that is not the handler's: a status from 400 on without the site's headers.
// Nothing else that is written contains a line break of HTTP and begins like this: a receipt has no
// line breaks, and the site's files are our own.
func (c *conn) Write(b []byte) (int, error) {
	status := refused(b)
	if status == 0 {
		return c.TCPConn.Write(b)
	}
	c.log.Info("refused", "client", c.RemoteAddr().String(), "status", status)
	body := share.Refusal(status)
	answer := http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Close: true, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}},
		Body:   io.NopCloser(bytes.NewReader(body)),
	}
	for _, h := range policy.Headers() {
		answer.Header.Set(h.Name, h.Value)
	}
	return len(b), answer.Write(c.TCPConn)
}

// refused is the status of net/http's own answer, or 0 where b is something else.
func refused(b []byte) int {
	line, ok := bytes.CutPrefix(b, []byte("HTTP/1.1 "))
	if !ok || len(line) < 3 || line[0] < '4' || !bytes.Contains(line, []byte("\r\n\r\n")) || bytes.Contains(line, []byte(policy.Headers()[0].Name)) {
		return 0
	}
	status, _ := strconv.Atoi(string(line[:3]))
	return status
}
