//go:build linux

package lan

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// The tests below build small networks of network namespaces and play boxes, tablets and
// containers in them, each a second process of this test binary. Nothing leaves them. They
// need root and iproute2. AAROGYA_SLOW=1 adds what takes minutes.

func TestMain(m *testing.M) {
	switch os.Getenv("AAROGYA_LAN_PART") {
	case "box":
		playBox()
	case "ask":
		playAsk()
	case "overhear":
		playOverhear()
	default:
		os.Exit(m.Run())
	}
}

// boxPart is what a box is started with.
type boxPart struct {
	Name, BoxID, Clinic string
}

// playBox is a box until its standard input ends. It says what it is told, line by line.
func playBox() {
	var part boxPart
	if err := json.Unmarshal([]byte(os.Getenv("AAROGYA_LAN_WITH")), &part); err != nil {
		panic(err)
	}
	var mu sync.Mutex
	say := func(a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(a...)
	}
	ca, _, err := newCA(part.Clinic)
	if err != nil {
		panic(err)
	}
	certs, err := NewCertifier(ca, DefaultName, time.Now, func() time.Time { return time.Time{} })
	if err != nil {
		panic(err)
	}
	leaf := func() *x509.Certificate {
		c, err := certs.GetCertificate(nil)
		if err != nil {
			panic(err)
		}
		return c.Leaf
	}
	p, err := Start(context.Background(), Options{Name: part.Name, BoxID: part.BoxID, Clinic: part.Clinic, Port: 443, Version: "test", Clock: "unset", Certs: certs,
		OnName:     func(name string) { say("chose", name, "certified for", leaf().DNSNames) },
		OnConflict: func(other netip.Addr) { say("conflict", other) },
		OnAddrs:    func(list []Interface) { say("addrs", Addrs(list), "certified for", leaf().IPAddresses) },
		Log:        slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		panic(err)
	}
	say("up", p.Name())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		p.SetClock(in.Text())
	}
	p.Close()
	say("closed")
}

// askPart is one question of a plain resolver: from a port of its own, no cache.
type askPart struct {
	Name string
	Type uint16
	V6   bool // the transport
	Wait time.Duration
}

type answerPart struct {
	From     string
	Took     time.Duration
	Answer   []string // records as text, without their names
	Ns       []string
	SameID   bool
	Question bool
	None     bool
}

func (a answerPart) String() string {
	if a.None {
		return "no answer"
	}
	return fmt.Sprintf("%v beside %v, from %s in %v", a.Answer, a.Ns, a.From, a.Took)
}

func playAsk() {
	var part askPart
	if err := json.Unmarshal([]byte(os.Getenv("AAROGYA_LAN_WITH")), &part); err != nil {
		panic(err)
	}
	answer, err := ask(part)
	if err != nil {
		panic(err)
	}
	json.NewEncoder(os.Stdout).Encode(answer)
}

func ask(part askPart) (a answerPart, err error) {
	network, to := "udp4", group4
	if part.V6 {
		network, to = "udp6", group6
	}
	c, err := net.ListenUDP(network, nil)
	if err != nil {
		return a, err
	}
	defer c.Close()
	eth0, err := net.InterfaceByName("eth0")
	if err != nil {
		return a, err
	}
	if part.V6 {
		err = ipv6.NewPacketConn(c).SetMulticastInterface(eth0)
	} else {
		err = ipv4.NewPacketConn(c).SetMulticastInterface(eth0)
	}
	if err != nil {
		return a, err
	}
	q := new(dns.Msg).SetQuestion(part.Name, part.Type)
	b, err := q.Pack()
	if err != nil {
		return a, err
	}
	start := time.Now()
	if _, err := c.WriteTo(b, to); err != nil {
		return answerPart{None: true}, nil // no way there at the moment
	}
	c.SetReadDeadline(start.Add(part.Wait))
	buf := make([]byte, 9000)
	n, from, err := c.ReadFrom(buf)
	if err != nil {
		return answerPart{None: true}, nil
	}
	a.Took, a.From = time.Since(start), from.String()
	var m dns.Msg
	if err := m.Unpack(buf[:n]); err != nil {
		return a, err
	}
	a.Answer, a.Ns = texts(m.Answer), texts(m.Ns)
	a.SameID = m.Id == q.Id
	a.Question = len(m.Question) == 1 && m.Question[0] == q.Question[0]
	return a, nil
}

func texts(list []dns.RR) []string {
	var all []string
	for _, rr := range list {
		_, text, _ := strings.Cut(strings.ReplaceAll(rr.String(), "\t", " "), " ")
		all = append(all, text)
	}
	return all
}

// playOverhear writes down everything it hears on port 5353, a message a line.
func playOverhear() {
	s, err := openSockets()
	if err != nil {
		panic(err)
	}
	eth0, err := net.InterfaceByName("eth0")
	if err != nil {
		panic(err)
	}
	s.join(eth0.Index)
	if q := os.Getenv("AAROGYA_LAN_WITH"); q != "" { // and asks something first, as a neighbour with a cache does
		m := &dns.Msg{Question: []dns.Question{{Name: q, Qtype: dns.TypePTR, Qclass: dns.ClassINET}}}
		if err := s.everybody(eth0.Index, false, m); err != nil {
			panic(err)
		}
	}
	fmt.Println("listening")
	packets := make(chan packet)
	go s.listen(context.Background(), false, packets)
	go s.listen(context.Background(), true, packets)
	for p := range packets {
		kind := "asks"
		list := []string{}
		for _, q := range p.msg.Question {
			list = append(list, q.Name+" "+dns.TypeToString[q.Qtype])
		}
		if p.msg.Response {
			kind = "says"
		}
		for _, rr := range slices.Concat(p.msg.Answer, p.msg.Ns, p.msg.Extra) {
			list = append(list, strings.ReplaceAll(rr.String(), "\t", " "))
		}
		fmt.Println(p.from.Addr(), kind, strings.Join(list, " | "))
	}
}

var networks atomic.Int64

// network is a switch, and machines that are plugged into it as eth0.
type network struct {
	t    testing.TB
	name string
}

func newNetwork(t testing.TB) *network {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to make network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs the ip command (iproute2)")
	}
	n := &network{t: t, name: fmt.Sprintf("aarogya-lan-%d-%d", os.Getpid(), networks.Add(1))}
	if out, err := exec.Command("ip", "netns", "add", n.ns("hub")).CombinedOutput(); err != nil {
		t.Skipf("network namespaces cannot be made here: %s", out)
	}
	t.Cleanup(func() { exec.Command("ip", "netns", "del", n.ns("hub")).Run() })
	n.ip("hub", "link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
	n.ip("hub", "link", "set", "br0", "up")
	return n
}

func (n *network) ns(machine string) string { return n.name + "-" + machine }

func (n *network) run(command string, args ...string) {
	n.t.Helper()
	if out, err := exec.Command(command, args...).CombinedOutput(); err != nil {
		n.t.Fatalf("%s %v: %s", command, args, out)
	}
}

func (n *network) ip(machine string, args ...string) {
	n.t.Helper()
	n.run("ip", append([]string{"-n", n.ns(machine)}, args...)...)
}

// machine is plugged in, with these addresses.
func (n *network) machine(name string, addrs ...string) {
	n.t.Helper()
	n.run("ip", "netns", "add", n.ns(name))
	n.t.Cleanup(func() { exec.Command("ip", "netns", "del", n.ns(name)).Run() })
	// Duplicate address detection would add two seconds of silence to every test.
	n.run("ip", "netns", "exec", n.ns(name), "sh", "-c",
		"for k in all default; do echo 0 > /proc/sys/net/ipv6/conf/$k/accept_dad; done")
	n.ip(name, "link", "set", "lo", "up")
	n.ip("hub", "link", "add", "p-"+name, "type", "veth", "peer", "name", "eth0", "netns", n.ns(name))
	n.ip("hub", "link", "set", "p-"+name, "master", "br0", "up")
	n.ip(name, "link", "set", "eth0", "up")
	for _, a := range addrs {
		n.ip(name, "addr", "add", a, "dev", "eth0")
	}
}

// inside is a command in a machine.
func (n *network) inside(machine string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", n.ns(machine)}, args...)...)
}

func (n *network) part(machine, part string, with any) *exec.Cmd {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	text, ok := with.(string)
	if !ok {
		b, err := json.Marshal(with)
		if err != nil {
			n.t.Fatal(err)
		}
		text = string(b)
	}
	cmd := n.inside(machine, self)
	cmd.Env = append(os.Environ(), "AAROGYA_LAN_PART="+part, "AAROGYA_LAN_WITH="+text,
		"GORACE=atexit_sleep_ms=0") // the race detector makes every process end a second late
	return cmd
}

// player is a part that goes on in the background. What it says is kept.
type player struct {
	t     testing.TB
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	ended chan struct{}

	mu    sync.Mutex
	lines []string
	log   bytes.Buffer
}

func (n *network) play(machine, part string, with any) *player {
	n.t.Helper()
	p := &player{t: n.t, name: machine + " " + part, cmd: n.part(machine, part, with), ended: make(chan struct{})}
	p.start()
	return p
}

func (p *player) start() {
	p.t.Helper()
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.mu.Lock()
			p.lines = append(p.lines, s.Text())
			p.mu.Unlock()
		}
		p.cmd.Wait()
	}()
	p.t.Cleanup(func() {
		p.cmd.Process.Kill() // it may be gone already
		<-p.ended
		if p.t.Failed() {
			p.t.Logf("%s said:\n%s\nand logged:\n%s", p.name, strings.Join(p.said(), "\n"), p.log.String())
		}
		if strings.Contains(p.log.String(), "DATA RACE") {
			p.t.Errorf("%s: a data race:\n%s", p.name, p.log.String())
		}
	})
}

func (p *player) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// hear waits for a line with all of these in it, and returns it.
func (p *player) hear(within time.Duration, parts ...string) string {
	p.t.Helper()
	deadline := time.Now().Add(within)
	for {
		for _, line := range p.said() {
			if !slices.ContainsFunc(parts, func(s string) bool { return !strings.Contains(line, s) }) {
				return line
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s did not say %q within %v", p.name, parts, within)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (p *player) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = nil
}

// close ends a box in good order.
func (p *player) close() {
	p.t.Helper()
	p.in.Close()
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.t.Fatalf("%s does not end", p.name)
	}
}

// box is started, and has chosen or kept its name when box returns.
func (n *network) box(machine string, part boxPart) *player {
	n.t.Helper()
	p := n.play(machine, "box", part)
	p.hear(10*time.Second, "up ")
	return p
}

func (n *network) ask(machine string, part askPart) answerPart {
	n.t.Helper()
	if part.Wait == 0 {
		part.Wait = 2 * time.Second
	}
	cmd := n.part(machine, "ask", part)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		n.t.Fatalf("ask: %v: %s", err, log.String())
	}
	var a answerPart
	if err := json.Unmarshal(out, &a); err != nil {
		n.t.Fatal(err)
	}
	return a
}

// wantBoth asks over IPv4 and over IPv6 for the IPv4 address, as Android does.
func (n *network) wantBoth(machine, name, addr string) {
	n.t.Helper()
	for _, v6 := range []bool{false, true} {
		a := n.ask(machine, askPart{Name: name, Type: dns.TypeA, V6: v6})
		if want := "10 IN A " + addr; len(a.Answer) != 1 || a.Answer[0] != want || !a.SameID || !a.Question {
			n.t.Errorf("%s over IPv6=%v: %v, want %s", name, v6, a, want)
		} else {
			n.t.Logf("%s over IPv6=%v: %v", name, v6, a)
		}
	}
}

// wantSoon asks until the answer is right, and says how long that took.
func (n *network) wantSoon(machine, name, addr string, v6 bool, since time.Time, within time.Duration) {
	n.t.Helper()
	for {
		a := n.ask(machine, askPart{Name: name, Type: dns.TypeA, V6: v6, Wait: 300 * time.Millisecond})
		took := time.Since(since)
		if len(a.Answer) == 1 && strings.HasSuffix(a.Answer[0], " A "+addr) {
			n.t.Logf("%s is %s over IPv6=%v after %v", name, addr, v6, took.Round(10*time.Millisecond))
			if took > within {
				n.t.Errorf("that is more than %v", within)
			}
			return
		}
		if took > within+5*time.Second {
			n.t.Fatalf("%s is not %s after %v: %v", name, addr, took, a)
		}
	}
}

func slow() bool { return os.Getenv("AAROGYA_SLOW") == "1" }

func boxID() string { return fmt.Sprintf("%016x", rand.Uint64()) }

const aarogya = "aarogya.local."

// A tablet that asks once from a port of its own gets an answer as from a name server, over
// IPv4 and IPv6, and for what does not exist a quick no; also when everything that was ever
// announced is forgotten.
func TestNetResolve(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24", "fd77::1/64")
	n.machine("tablet", "192.168.77.20/24")
	box := n.box("box", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
	box.hear(0, "chose aarogya")
	box.hear(0, "up aarogya.local")
	n.wantBoth("tablet", aarogya, "192.168.77.1")
	n.wantBoth("tablet", "AAROGYA.local.", "192.168.77.1")
	for _, v6 := range []bool{false, true} {
		if a := n.ask("tablet", askPart{Name: aarogya, Type: dns.TypeAAAA, V6: v6}); len(a.Answer) != 1 || a.Answer[0] != "10 IN AAAA fd77::1" {
			t.Errorf("AAAA: %v", a)
		}
		a := n.ask("tablet", askPart{Name: aarogya, Type: dns.TypeHTTPS, V6: v6})
		if a.None || len(a.Answer) != 0 || len(a.Ns) != 1 || a.Ns[0] != "10 IN NSEC aarogya.local. A AAAA" {
			t.Errorf("HTTPS: %v", a)
		}
		if a := n.ask("tablet", askPart{Name: "other.local.", Type: dns.TypeA, V6: v6, Wait: 300 * time.Millisecond}); !a.None {
			t.Errorf("somebody else's name: %v", a)
		}
	}
	if slow() {
		time.Sleep(150 * time.Second)
		n.wantBoth("tablet", aarogya, "192.168.77.1")
	}
	box.close()
}

// A new address is the answer within three seconds, and the old one is taken back.
func TestNetMove(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24")
	n.machine("tablet", "192.168.77.20/24")
	box := n.box("box", boxPart{Name: "aarogya", BoxID: boxID(), Clinic: "PHC Rampur"})
	ear := n.play("tablet", "overhear", "")
	ear.hear(5*time.Second, "listening")
	n.wantBoth("tablet", aarogya, "192.168.77.1")
	if a := n.ask("tablet", askPart{Name: aarogya, Type: dns.TypeAAAA}); a.None || len(a.Answer) != 0 || len(a.Ns) != 1 || a.Ns[0] != "10 IN NSEC aarogya.local. A" {
		t.Errorf("AAAA of a box without: %v", a)
	}
	time.Sleep(2 * time.Second) // of the announcements
	ear.forget()
	n.ip("box", "addr", "add", "192.168.77.9/24", "dev", "eth0")
	n.ip("box", "addr", "del", "192.168.77.1/24", "dev", "eth0")
	n.ip("box", "addr", "replace", "192.168.77.9/24", "dev", "eth0") // as a second address it went with the first
	moved := time.Now()
	n.wantSoon("tablet", aarogya, "192.168.77.9", false, moved, 3*time.Second)
	n.wantSoon("tablet", aarogya, "192.168.77.9", true, moved, 3*time.Second)
	box.hear(time.Second, "addrs [192.168.77.9] certified for [127.0.0.1 192.168.77.9]")
	ear.hear(time.Second, "says", aarogya+" 0 CLASS32769 A 192.168.77.1") // goodbye to the old one
	ear.hear(time.Second, "says", aarogya+" 120 CLASS32769 A 192.168.77.9")
	// The service comes back with it.
	ear.hear(10*time.Second, "says", "SRV 0 0 443 aarogya.local.", "A 192.168.77.9")
	ear.forget()
	fmt.Fprintln(box.in, "admin")
	ear.hear(10*time.Second, "says", `"clock=admin"`)
	box.close()
}

func TestNetLinkDownAndUp(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24")
	n.machine("tablet", "192.168.77.20/24")
	box := n.box("box", boxPart{Name: "aarogya", BoxID: boxID(), Clinic: "PHC Rampur"})
	n.wantBoth("tablet", aarogya, "192.168.77.1")

	n.ip("box", "link", "set", "eth0", "down")
	box.hear(3*time.Second, "addrs []")
	n.ip("box", "link", "set", "eth0", "up")
	up := time.Now()
	n.wantSoon("tablet", aarogya, "192.168.77.1", false, up, 3*time.Second)
	n.wantSoon("tablet", aarogya, "192.168.77.1", true, up, 3*time.Second)

	// The cable pulled at the switch: the interface stays up.
	box.forget()
	n.ip("hub", "link", "set", "p-box", "down")
	box.hear(3*time.Second, "addrs []")
	n.ip("hub", "link", "set", "p-box", "up")
	up = time.Now()
	n.wantSoon("tablet", aarogya, "192.168.77.1", false, up, 3*time.Second)
	n.wantSoon("tablet", aarogya, "192.168.77.1", true, up, 3*time.Second)

	// Another adapter under the old name, such as a Wi-Fi stick put back in.
	box.forget()
	n.ip("box", "link", "del", "eth0")
	box.hear(3*time.Second, "addrs []")
	n.ip("hub", "link", "add", "p-box", "type", "veth", "peer", "name", "eth0", "netns", n.ns("box"))
	n.ip("hub", "link", "set", "p-box", "master", "br0", "up")
	n.ip("box", "link", "set", "eth0", "up")
	n.ip("box", "addr", "add", "192.168.77.3/24", "dev", "eth0")
	up = time.Now()
	n.wantSoon("tablet", aarogya, "192.168.77.3", false, up, 3*time.Second)
	n.wantSoon("tablet", aarogya, "192.168.77.3", true, up, 3*time.Second)
	box.close()
}

// The box before its network: it starts, and chooses when the cable is in.
func TestNetLate(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box")
	n.machine("tablet", "192.168.77.20/24")
	box := n.box("box", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
	n.ip("box", "addr", "add", "192.168.77.1/24", "dev", "eth0")
	box.hear(5*time.Second, "chose aarogya")
	n.wantBoth("tablet", aarogya, "192.168.77.1")
	box.close()
}

func TestNetTwoBoxes(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("first", "192.168.77.1/24")
	n.machine("second", "192.168.77.2/24")
	n.machine("tablet", "192.168.77.20/24")
	first := n.box("first", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
	id := boxID()
	second := n.box("second", boxPart{BoxID: id, Clinic: "PHC Rampur"})
	other := "aarogya-" + id[:4]
	first.hear(0, "chose aarogya certified for [aarogya.local]")
	second.hear(0, "chose "+other+" certified for ["+other+".local]")
	for range 2 {
		n.wantBoth("tablet", aarogya, "192.168.77.1")
		n.wantBoth("tablet", other+".local.", "192.168.77.2")
		time.Sleep(2 * time.Second)
	}
	// The clinic that was there first goes home; the other keeps its name.
	first.close()
	second.close()
	second = n.box("second", boxPart{Name: other, BoxID: id, Clinic: "PHC Rampur"})
	n.wantBoth("tablet", other+".local.", "192.168.77.2")
	second.close()
	for _, p := range []*player{first, second} {
		if slices.ContainsFunc(p.said(), func(l string) bool { return strings.Contains(l, "conflict") }) {
			t.Errorf("%s: a conflict", p.name)
		}
	}
}

// Two new boxes, switched on by the same plug: each gets a name of its own.
func TestNetTwoBoxesAtOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("first", "192.168.77.1/24")
	n.machine("second", "192.168.77.2/24")
	n.machine("tablet", "192.168.77.20/24")
	one, two := boxID(), boxID()
	first := n.play("first", "box", boxPart{BoxID: one, Clinic: "A"})
	second := n.play("second", "box", boxPart{BoxID: two, Clinic: "B"})
	nameOf := func(p *player) string {
		_, name, _ := strings.Cut(p.hear(15*time.Second, "up "), " ")
		return name
	}
	a, b := nameOf(first), nameOf(second)
	if a == b || a != "aarogya.local" && b != "aarogya.local" {
		t.Errorf("they are %s and %s", a, b)
	}
	n.wantBoth("tablet", a+".", "192.168.77.1")
	n.wantBoth("tablet", b+".", "192.168.77.2")
	first.close()
	second.close()
}

// Two boxes whose names were chosen on networks of their own: both keep it, both raise the
// alarm, with the other's address.
func TestNetConflict(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("first", "192.168.77.1/24")
	n.machine("second", "192.168.77.2/24")
	first := n.box("first", boxPart{Name: "aarogya", BoxID: boxID(), Clinic: "A"})
	second := n.box("second", boxPart{Name: "aarogya", BoxID: boxID(), Clinic: "B"})
	first.hear(5*time.Second, "conflict 192.168.77.2")
	second.hear(5*time.Second, "conflict 192.168.77.1")
	time.Sleep(4 * time.Second) // of announcements; each is told once
	first.close()
	second.close()
	for _, p := range []*player{first, second} {
		if got := slices.DeleteFunc(p.said(), func(l string) bool { return !strings.Contains(l, "conflict") }); len(got) != 1 {
			t.Errorf("%s: %v", p.name, got)
		}
	}
}

func TestNetGoodbye(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24", "fd77::1/64")
	n.machine("tablet", "192.168.77.20/24")
	ear := n.play("tablet", "overhear", "")
	ear.hear(5*time.Second, "listening")
	box := n.box("box", boxPart{Name: "aarogya", BoxID: boxID(), Clinic: "PHC Rampur"})
	ear.hear(5*time.Second, "SRV 0 0 443 aarogya.local.", `"txtvers=1" "ver=test" "id=`, `" "fp=`, `" "path=/" "clock=unset"`)
	box.close()
	box.hear(0, "closed")
	ear.hear(time.Second, "says", aarogya+" 0 CLASS32769 A 192.168.77.1", aarogya+" 0 CLASS32769 AAAA fd77::1")
	ear.hear(time.Second, "says", "_https._tcp.local. 0 IN PTR")
	if a := n.ask("tablet", askPart{Name: aarogya, Type: dns.TypeA, Wait: 300 * time.Millisecond}); !a.None {
		t.Errorf("after goodbye: %v", a)
	}
	// Nothing is said after it.
	last := ear.said()[len(ear.said())-1]
	time.Sleep(3 * time.Second)
	if now := ear.said(); now[len(now)-1] != last {
		t.Errorf("after goodbye: %v", now[len(now)-1])
	}
}

// What leads to no tablet is neither spoken on nor spoken of.
func TestNetContainers(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24")
	n.machine("tablet", "192.168.77.20/24")
	n.run("ip", "netns", "add", n.ns("container"))
	t.Cleanup(func() { exec.Command("ip", "netns", "del", n.ns("container")).Run() })
	n.ip("box", "link", "add", "docker0", "type", "veth", "peer", "name", "eth0", "netns", n.ns("container"))
	n.ip("box", "link", "set", "docker0", "up")
	n.ip("box", "addr", "add", "172.17.0.1/16", "dev", "docker0")
	n.ip("container", "link", "set", "eth0", "up")
	n.ip("container", "addr", "add", "172.17.0.2/16", "dev", "eth0")
	outside, inside := n.play("tablet", "overhear", ""), n.play("container", "overhear", "")
	outside.hear(5*time.Second, "listening")
	inside.hear(5*time.Second, "listening")
	box := n.box("box", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
	outside.hear(5*time.Second, "SRV 0 0 443 aarogya.local.")
	n.wantBoth("tablet", aarogya, "192.168.77.1")
	for _, v6 := range []bool{false, true} {
		if a := n.ask("container", askPart{Name: aarogya, Type: dns.TypeA, V6: v6, Wait: 500 * time.Millisecond}); !a.None {
			t.Errorf("a container was answered: %v", a)
		}
	}
	time.Sleep(3 * time.Second)
	box.close()
	for _, line := range outside.said() {
		if strings.Contains(line, "172.17.") {
			t.Errorf("the tablet was told of docker0: %s", line)
		}
	}
	for _, line := range inside.said() {
		if strings.Contains(line, "says") {
			t.Errorf("the container was told: %s", line)
		}
	}
}

// Two ways in, such as the clinic's router and an access point of the box's own: on each,
// the address that leads there.
func TestNetTwoWays(t *testing.T) {
	t.Parallel()
	n, m := newNetwork(t), newNetwork(t)
	n.machine("box", "192.168.77.1/24")
	n.machine("tablet", "192.168.77.20/24")
	m.machine("tablet", "10.42.0.20/24")
	m.ip("hub", "link", "add", "p-box", "type", "veth", "peer", "name", "wlan0", "netns", n.ns("box"))
	m.ip("hub", "link", "set", "p-box", "master", "br0", "up")
	n.ip("box", "link", "set", "wlan0", "up")
	n.ip("box", "addr", "add", "10.42.0.1/24", "dev", "wlan0")
	here, there := n.play("tablet", "overhear", ""), m.play("tablet", "overhear", "")
	here.hear(5*time.Second, "listening")
	there.hear(5*time.Second, "listening")
	box := n.box("box", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
	n.wantBoth("tablet", aarogya, "192.168.77.1")
	m.wantBoth("tablet", aarogya, "10.42.0.1")
	here.hear(5*time.Second, "SRV 0 0 443", "A 192.168.77.1")
	there.hear(5*time.Second, "SRV 0 0 443", "A 10.42.0.1")
	box.close()
	for _, line := range here.said() {
		if strings.Contains(line, "10.42.") {
			t.Errorf("the other network's address: %s", line)
		}
	}
	for _, line := range there.said() {
		if strings.Contains(line, "192.168.") {
			t.Errorf("the other network's address: %s", line)
		}
	}
}

// Who browses finds the service by its type and by our subtype, at any time, and gets
// answers about it under the name it was found by.
func TestNetService(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24")
	n.machine("tablet", "192.168.77.20/24")
	id := boxID()
	box := n.box("box", boxPart{BoxID: id, Clinic: "Dr. Rao's स्वास्थ्य केंद्र"})
	time.Sleep(4 * time.Second) // nothing is announced any more
	instance := label("Dr. Rao's स्वास्थ्य केंद्र "+id[:4]) + "._https._tcp.local."
	for _, q := range []string{"_https._tcp.local.", "_aarogya._sub._https._tcp.local."} {
		ear := n.play("tablet", "overhear", q)
		ear.hear(5*time.Second, "says", q+" ", "PTR "+instance)
	}
	box.close()
}

// avahi is the mDNS program of most Linux machines, with a bus of its own to be asked over.
type avahi struct {
	n       *network
	machine string
	*player
	bus string
}

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=BUS</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`

func (n *network) avahi(machine, hostname string) *avahi {
	n.t.Helper()
	for _, need := range []string{"avahi-daemon", "avahi-resolve", "avahi-browse", "dbus-daemon"} {
		if _, err := exec.LookPath(need); err != nil {
			n.t.Skipf("needs %s (Debian: apt-get install avahi-daemon avahi-utils dbus)", need)
		}
	}
	dir := n.t.TempDir()
	a := &avahi{n: n, machine: machine, bus: dir + "/bus"}
	for name, text := range map[string]string{
		"bus.conf":   strings.ReplaceAll(busConfig, "BUS", a.bus),
		"avahi.conf": "[server]\nhost-name=" + hostname + "\nuse-ipv4=yes\nuse-ipv6=yes\n[publish]\npublish-hinfo=no\npublish-workstation=no\n",
	} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			n.t.Fatal(err)
		}
	}
	// ip netns exec gives a mount namespace of its own: this /run is nobody else's. The
	// processes end with the one that is killed.
	cmd := n.inside(machine, "sh", "-c", `mount -t tmpfs none /run && mkdir /run/avahi-daemon && cd `+dir+` &&
		setpriv --pdeathsig KILL dbus-daemon --config-file=bus.conf --nofork --nopidfile &
		while [ ! -S `+a.bus+` ]; do sleep 0.05; done
		exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f `+dir+`/avahi.conf 2>&1`)
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+a.bus)
	a.player = &player{t: n.t, name: "avahi on " + machine, cmd: cmd, ended: make(chan struct{})}
	a.start()
	a.hear(15*time.Second, "Server startup complete")
	return a
}

func (a *avahi) tool(args ...string) string {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", a.n.ns(a.machine)}, args...)...)
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+a.bus)
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Logf("%v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

func (a *avahi) want(want string, args ...string) {
	a.t.Helper()
	start := time.Now()
	got := a.tool(args...)
	a.t.Logf("%v: %q in %v", args, got, time.Since(start).Round(time.Millisecond))
	if !strings.Contains(got, want) {
		a.t.Errorf("%v: %q, want %q", args, got, want)
	}
}

// A neighbour with avahi resolves the name and finds the service, at once, after the box
// moved, and when all it was ever told has run out; beside an avahi on the box itself.
func TestNetAvahi(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.machine("box", "192.168.77.1/24", "fd77::1/64")
	n.machine("laptop", "192.168.77.20/24")
	laptop := n.avahi("laptop", "laptop")
	beside := n.avahi("box", "rampur-pi")
	box := n.box("box", boxPart{BoxID: "7f3a000000000000", Clinic: "PHC Rampur"})
	box.hear(0, "chose aarogya")
	resolve := func(addr string) {
		t.Helper()
		laptop.want(addr, "avahi-resolve", "-4", "-n", "aarogya.local")
		laptop.want("fd77::1", "avahi-resolve", "-6", "-n", "aarogya.local")
		beside.want(addr, "avahi-resolve", "-4", "-n", "aarogya.local")
		n.wantBoth("laptop", aarogya, addr)
	}
	resolve("192.168.77.1")
	laptop.want("192.168.77.1", "avahi-resolve", "-4", "-n", "rampur-pi.local")
	for _, kind := range []string{"_https._tcp", "_aarogya._sub._https._tcp"} {
		got := laptop.tool("avahi-browse", "-rpt", kind)
		if !strings.Contains(got, `PHC\032Rampur\0327f3a`) || !strings.Contains(got, `aarogya.local;192.168.77.1;443;`) || !strings.Contains(got, `"path=/"`) {
			t.Errorf("avahi-browse %s:\n%s", kind, got)
		}
	}
	if slow() {
		time.Sleep(150 * time.Second)
		resolve("192.168.77.1")
		laptop.want("192.168.77.1", "avahi-resolve", "-4", "-n", "rampur-pi.local")
	}
	n.ip("box", "addr", "replace", "192.168.77.9/24", "dev", "eth0")
	n.ip("box", "addr", "del", "192.168.77.1/24", "dev", "eth0")
	n.ip("box", "addr", "replace", "192.168.77.9/24", "dev", "eth0")
	time.Sleep(3 * time.Second)
	resolve("192.168.77.9")
	box.close()
	time.Sleep(1500 * time.Millisecond)
	laptop.want("Failed to resolve", "avahi-resolve", "-4", "-n", "aarogya.local")
	if slices.ContainsFunc(box.said(), func(l string) bool { return strings.Contains(l, "conflict") }) {
		t.Error("a conflict with the avahi beside it")
	}
	for _, a := range []*avahi{laptop, beside} {
		for _, l := range a.said() {
			if strings.Contains(l, "conflict") || strings.Contains(l, "Invalid") || strings.Contains(l, "bug") {
				t.Errorf("%s: %s", a.name, l)
			}
		}
	}
}

// The machine itself is called aarogya, as people do with a Pi, and its avahi says so,
// before us or after us: one name, the same addresses, no conflict.
func TestNetAvahiOfTheSameName(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"avahi first", "avahi later"} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			n.machine("box", "192.168.77.1/24")
			n.machine("tablet", "192.168.77.20/24")
			var beside *avahi
			if order == "avahi first" {
				beside = n.avahi("box", "aarogya")
			}
			box := n.box("box", boxPart{BoxID: boxID(), Clinic: "PHC Rampur"})
			if order == "avahi later" {
				beside = n.avahi("box", "aarogya")
			}
			box.hear(0, "chose aarogya")
			n.wantBoth("tablet", aarogya, "192.168.77.1")
			time.Sleep(4 * time.Second)
			n.wantBoth("tablet", aarogya, "192.168.77.1")
			box.close()
			for _, l := range append(box.said(), beside.said()...) {
				if strings.Contains(l, "conflict") {
					t.Error(l)
				}
			}
		})
	}
}
