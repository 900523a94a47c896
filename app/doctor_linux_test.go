package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func run(t *testing.T, command string, args ...string) {
	t.Helper()
	if out, err := exec.Command(command, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v %s", command, args, err, out)
	}
}

func mount(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s", out)
	}
}

// Whoever may not look is told so, and not that there is no box.
func TestDoctorForAStranger(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be somebody else")
	}
	dir, _, _ := prepared(t)
	startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "aarogya") // where others may start it
	run(t, "cp", self, program)
	run(t, "chmod", "755", filepath.Dir(program), filepath.Dir(filepath.Dir(program)))
	cmd := exec.Command(program, "doctor", "--data", dir)
	cmd.Env = append(os.Environ(), "AAROGYA_TEST_AS_PROGRAM=1")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, _ := cmd.CombinedOutput()
	want := "[!!] You may not look into " + dir + ".\n     hint: Ask as the user the box runs as, or: `sudo aarogya doctor --data " + dir + "`\n"
	if string(out) != want || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%d %s, want %s", cmd.ProcessState.ExitCode(), out, want)
	}
}

var wires atomic.Int64

// wire is two machines, a and b, joined by a cable; nothing leaves them.
func wire(t *testing.T) (a, b string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to make network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs the ip command (iproute2)")
	}
	name := fmt.Sprintf("aarogya-doctor-%d-%d", os.Getpid(), wires.Add(1))
	a, b = name+"-a", name+"-b"
	for _, ns := range []string{a, b} {
		if out, err := exec.Command("ip", "netns", "add", ns).CombinedOutput(); err != nil {
			t.Skipf("network namespaces cannot be made here: %s", out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
		run(t, "ip", "netns", "exec", ns, "sh", "-c", "for k in all default; do echo 0 > /proc/sys/net/ipv6/conf/$k/accept_dad; done")
		run(t, "ip", "-n", ns, "link", "set", "lo", "up")
	}
	run(t, "ip", "-n", a, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", b)
	for ns, addr := range map[string]string{a: "10.77.0.1/24", b: "10.77.0.2/24"} {
		run(t, "ip", "-n", ns, "addr", "add", addr, "dev", "eth0")
		run(t, "ip", "-n", ns, "link", "set", "eth0", "up")
	}
	return a, b
}

// boxIn is a box for tablets in a machine, until the function it returns.
func boxIn(t *testing.T, ns, dir, https string) (end func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", ns, self, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", https)
	cmd.Env = append(os.Environ(), "AAROGYA_TEST_AS_PROGRAM=1")
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() {
		cmd.Process.Signal(unix.SIGTERM) // it may be gone already
		cmd.Wait()
	}
	t.Cleanup(end)
	buf := make([]byte, 4096)
	if n, err := out.Read(buf); err != nil || !strings.Contains(string(buf[:n]), "Clinic on") {
		t.Fatalf("it did not come up: %s %s", buf[:n], log.String())
	}
	go func() { // so that it can go on writing
		for err == nil {
			_, err = out.Read(buf)
		}
	}()
	return end
}

// soon asks the doctor again until a check comes to an outcome: news of the network takes a
// moment.
func soon(t *testing.T, dir, outcome string) findings {
	t.Helper()
	check, why, _ := strings.Cut(outcome, ".")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		f := doctorOf(t, dir)
		if f[check].Outcome == why || time.Now().After(deadline) {
			return f
		}
	}
}

// A box on a network; then a copy of its card in a second machine; then an address it was
// told not to listen on; then no network.
func TestDoctorOnANetwork(t *testing.T) {
	t.Parallel()
	a, b := wire(t)
	dir, _, _ := prepared(t)
	end := boxIn(t, a, dir, ":8443")
	f := soon(t, dir, "name.answers")
	f.want(t, "tablets.on", stateOK, "https://aarogya.local:8443")
	f.want(t, "name.answers", stateOK, "aarogya.local leads to 10.77.0.1.")
	f.want(t, "other_box.nobody", stateOK)
	f.want(t, "reach.open", stateOK, "10.77.0.1:8443")
	f.want(t, "certificate.good", stateOK, "aarogya.local, 10.77.0.1")
	end()

	copied := t.TempDir()
	for _, name := range []string{"aarogya.db", "ca.pem"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "ip", "-n", a, "addr", "add", "10.77.0.3/24", "dev", "eth0")
	boxIn(t, a, dir, "10.77.0.1:8443")
	endCopy := boxIn(t, b, copied, ":8443")
	f = soon(t, dir, "other_box.seen")
	f.want(t, "other_box.seen", stateFail, "aarogya.local: 10.77.0.2.")
	f.want(t, "name.answers", stateOK, "10.77.0.1")
	f.want(t, "reach.closed", stateFail, "10.77.0.3:8443")
	f.want(t, "certificate.good", stateOK, "10.77.0.3")
	doctorOf(t, copied).want(t, "other_box.seen", stateFail, "10.77.0.")
	endCopy() // and is still told of for a while
	doctorOf(t, dir).want(t, "other_box.seen", stateFail, "10.77.0.2")

	run(t, "ip", "-n", a, "link", "set", "eth0", "down")
	soon(t, dir, "name.no_network").want(t, "name.no_network", stateFail, "cable")
}

// Somebody else holds the port of mDNS and shares it with nobody.
func TestDoctorHearsNobody(t *testing.T) {
	t.Parallel()
	a, _ := wire(t)
	conn := listenIn(t, a, ":5353")
	defer conn.Close()
	dir, _, _ := prepared(t)
	boxIn(t, a, dir, ":8443")
	soon(t, dir, "name.silent").want(t, "name.silent", stateFail, "aarogya.local", "eth0", "5353")
}

// listenIn makes a socket in a machine.
func listenIn(t *testing.T, ns, address string) (conn net.PacketConn) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	there, err := os.Open("/run/netns/" + ns)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	conn, err = net.ListenPacket("udp", address)
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		panic(back) // this thread would serve other tests from there
	}
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// The rules of a real firewall, where there is one to try.
func TestDoctorReadsTheFirewall(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("needs the nft command (nftables)")
	}
	a, _ := wire(t)
	dir, _, _ := prepared(t)
	boxIn(t, a, dir, ":8443")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ rule, want string }{
		{"add table inet clinic", "none"},
		{"add chain inet clinic input { type filter hook input priority 0; policy drop; }", "keeps_out"}, // also what the box sends itself
		{"add rule inet clinic input iif lo accept", "keeps_out"},
		{"add rule inet clinic input tcp dport 443 accept", "keeps_out"},
		{"add rule inet clinic input tcp dport { 80, 8443 } accept", "lets_in"},
	} {
		run(t, "ip", "netns", "exec", a, "nft", step.rule)
		cmd := exec.Command("ip", "netns", "exec", a, self, "doctor", "--data", dir, "--json")
		cmd.Env = append(os.Environ(), "AAROGYA_TEST_AS_PROGRAM=1")
		out, _ := cmd.Output() // the exit code is of all checks
		var r report
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if got := byCheck(r)["firewall"]; got.Outcome != step.want {
			t.Errorf("after %s: %s, want %s", step.rule, got.Outcome, step.want)
		}
	}
}

func TestJudgeRules(t *testing.T) {
	t.Parallel()
	const ufw = "*filter\n:INPUT DROP [3:180]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j ufw-user-input\n"
	for _, test := range []struct{ name, rules, want string }{
		{"nothing", "", "none"},
		{"iptables without rules", "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT\n", "none"},
		{"ufw without us", ufw + "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n", "keeps_out"},
		{"ufw with us", ufw + "-A ufw-user-input -p tcp -m tcp --dport 443 -j ACCEPT\nCOMMIT\n", "lets_in"},
		{"several ports at once", ufw + "-A ufw-user-input -p tcp -m multiport --dports 80,443 -j ACCEPT\n", "lets_in"},
		{"a port that only begins so", ufw + "-A ufw-user-input -p tcp -m tcp --dport 4430 -j ACCEPT\n", "keeps_out"},
		{"our port is refused", ufw + "-A INPUT -p tcp -m tcp --dport 443 -j DROP\n", "keeps_out"},
		{"some rule refuses something", "table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tip saddr 10.0.0.9 drop\n\t}\n}\n", "on"},
		{"nft", "table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport { 22, 443 } accept\n\t}\n}\n", "lets_in"},
	} {
		if got := judgeRules(test.rules, "443"); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// onTmpfs moves a prepared clinic to a small disk of its own.
func onTmpfs(t *testing.T, mb int) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to mount a small disk")
	}
	from, _, _ := prepared(t)
	dir = t.TempDir()
	mount(t, "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm,mode=0700", mb), "none", dir)
	t.Cleanup(func() { run(t, "umount", dir) })
	text, err := os.ReadFile(filepath.Join(from, "aarogya.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "aarogya.db"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// fillUp leaves no room.
func fillUp(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, "videos")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(chunk)
	}
	return file
}

func TestDoctorOfDisks(t *testing.T) {
	t.Parallel()
	dir := onTmpfs(t, 200)
	f := doctorOf(t, dir)
	f.want(t, "disk_kind.memory", stateFail, "tmpfs")
	f.want(t, "disk_space.low", stateWarn, "\u00a0MB")
	f.want(t, "disk_write.works", stateOK)
	file := fillUp(t, dir)
	f = doctorOf(t, dir)
	f.want(t, "disk_space.full", stateFail)
	f.want(t, "disk_write.fails", stateFail, "no space left")
	if left, err := filepath.Glob(filepath.Join(dir, ".doctor-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	mount(t, "-o", "remount,ro", dir) // as a worn SD card does by itself
	f = doctorOf(t, dir)
	f.want(t, "disk_write.fails", stateFail, "read-only file system")
	f.want(t, "database.sound", stateOK)
	f.want(t, "log.unaltered", stateOK)

	// A box that runs into a full disk, and says so before anybody tries to save.
	dir = onTmpfs(t, 8)
	p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0")
	doctorOf(t, dir).want(t, "disk_write.works", stateOK)
	fillUp(t, dir)
	soon(t, dir, "disk_write.refused").want(t, "disk_write.refused", stateFail, ": 0\u00a0KB")
	p.kill()
}
