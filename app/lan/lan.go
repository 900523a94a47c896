// Package lan is how a tablet finds the box and knows that it is the right one: its
// private addresses, its name on the network, and its own certificate authority. It knows
// interfaces, multicast DNS and X.509; of the clinic it knows the name it is given, and
// nothing of HTTP, cases or the database. It never speaks beyond the local network.
//
// addrs.go watches the addresses, ca.go signs for them, hostname.go answers for the name,
// mdns.go announces the service. Start, below, ties them together.
package lan
