package serve

import (
	"fmt"
	"io"
	"net"
	"strconv"
)

// tell writes where a server that listens at a is found: here, and by other machines if it listens for them.
func tell(out io.Writer, scheme string, a *net.TCPAddr) {
	port := strconv.Itoa(a.Port)
	if !a.IP.IsUnspecified() {
		fmt.Fprintf(out, "Quantscope is at %s://%s\n", scheme, net.JoinHostPort(a.IP.String(), port))
		return
	}
	fmt.Fprintf(out, "Quantscope is at %s://%s\n", scheme, net.JoinHostPort("127.0.0.1", port))
	interfaces, _ := net.InterfaceAddrs() // without them there is nothing to add
	for _, host := range reachable(interfaces) {
		fmt.Fprintf(out, "On this network: %s://%s\n", scheme, net.JoinHostPort(host, port))
	}
	if scheme == "http" {
		fmt.Fprintln(out, "Browsers on other machines run it on one thread only, as always without HTTPS: give a certificate for all.")
	}
}

// reachable are the addresses under which other machines see this one.
func reachable(interfaces []net.Addr) []string {
	var list []string
	for _, a := range interfaces {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			list = append(list, n.IP.String())
		}
	}
	return list
}
