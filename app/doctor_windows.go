package app

import (
	"context"
	"net"
	"strconv"
	"time"
)

// firewallOn: its rules are not read on this system.
func firewallOn(_ context.Context, port, dir string) (outcome, error) {
	return found("hidden", "port", port, "dir", dir)
}

// listener says whether somebody answers on a TCP port of this computer.
func listener(port int) (who string, taken bool) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return "", false
	}
	conn.Close()
	return "", true
}
