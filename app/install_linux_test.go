package app

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/blake2b"
)

// TestInstall tries install.sh with the program built as releases are.
func TestInstall(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("install.sh needs root")
	}
	program := filepath.Join(t.TempDir(), "aarogya")
	build := exec.Command("go", "build", "-tags", "nomsgpack", "-trimpath", "-buildvcs=false", "-o", program, "aarogya")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, test := range map[string]func(*testing.T, string){"files": testInstallFiles, "without systemd": testInstallWithoutSystemd, "signature": testInstallVerifies, "systemd": testInstalledUnderSystemd} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, packed(t, program))
		})
	}
}

// packed is a folder as an archive of a release unpacks it.
func packed(t *testing.T, program string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"install.sh", "stick.sh", "aarogya.service", "aarogya-stick@.service", "80-aarogya-stick.rules"} {
		copyFile(t, filepath.Join("../scripts", name), filepath.Join(folder, name), 0o755)
	}
	copyFile(t, program, filepath.Join(folder, "aarogya"), 0o755)
	sum(t, folder)
	return folder
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// sum writes SHA256SUMS for a folder.
func sum(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"SHA256SUMS", "card.html"} { // the card came with an installation
		os.Remove(filepath.Join(folder, name))
	}
	shell(t, nil, 0, "cd '"+folder+"' && sha256sum * >../sums && mv ../sums SHA256SUMS")
}

// shell runs a line of sh, which must end with code.
func shell(t *testing.T, env []string, code int, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if exit, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited || exited && exit.ExitCode() != code || err == nil && code != 0 {
		t.Fatalf("%s: %v, not exit code %d\n%s", line, err, code, out)
	}
	return string(out)
}

func mentions(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("it does not say %q:\n%s", w, text)
		}
	}
}

// files of a tree, with what tells whether they were written anew.
func files(t *testing.T, root string) string {
	t.Helper()
	return shell(t, nil, 0, "cd '"+root+"' && find . -printf '%p %m %U %T@ %i %l\n' | sort")
}

// testInstallFiles: without systemd the files are installed and nothing is started; twice is once; what is
// damaged is refused before anything is changed; the data outlives the program.
func testInstallFiles(t *testing.T, folder string) {
	root := t.TempDir()
	env := []string{"DESTDIR=" + root}
	install := "sh '" + folder + "/install.sh'"
	mentions(t, shell(t, env, 0, install), "checksums: good", "is installed", "Nothing was started")
	before := files(t, root)
	mentions(t, shell(t, env, 0, install), "installed already")
	if after := files(t, root); after != before {
		t.Errorf("the second time changed something:\n%s\n%s", before, after)
	}
	shell(t, nil, 0, root+"/usr/local/bin/aarogya version")
	data := filepath.Join(root, "var/lib/private/aarogya")
	shell(t, nil, 0, "mkdir -p '"+data+"' && echo patients >'"+data+"/aarogya.db'")

	shell(t, nil, 0, "echo more >>'"+folder+"/stick.sh'")
	mentions(t, shell(t, env, 1, install), "damaged", "nothing on this computer was changed", "hint:")
	shell(t, nil, 0, "echo broken >'"+folder+"/aarogya'")
	sum(t, folder)
	before = files(t, root)
	mentions(t, shell(t, env, 1, install), "does not run on this computer", "hint:")
	if after := files(t, root); stripTimes(after) != stripTimes(before) {
		t.Errorf("a program that does not run was installed:\n%s\n%s", before, after)
	}
	mentions(t, shell(t, env, 1, install+" --now"), "not understood")

	mentions(t, shell(t, env, 0, install+" --uninstall"), "data is where it was", data)
	if left := shell(t, nil, 0, "find '"+root+"' -type f"); strings.TrimSpace(left) != data+"/aarogya.db" {
		t.Errorf("after uninstalling there is: %s", left)
	}
	shell(t, env, 0, install+" --uninstall")
}

// testInstallWithoutSystemd: in a container or a chroot the program is installed, and runs by hand.
func testInstallWithoutSystemd(t *testing.T, folder string) {
	const here = "unshare --mount --net --pid --fork --kill-child sh -euc "
	if exec.Command("sh", "-c", here+"true").Run() != nil {
		t.Skip("only root can make namespaces here")
	}
	out := shell(t, nil, 0, here+`'
		for d in /run /usr/local /var/lib; do mount -t tmpfs tmpfs $d; done
		mkdir /run/new /run/work
		mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/new,workdir=/run/work /etc
		ip link set lo up
		sh `+folder+`/install.sh
		sh `+folder+`/install.sh
		/usr/local/bin/aarogya serve --data /var/lib/aarogya --http 127.0.0.1:8080 >/run/out &
		until grep -q http:// /run/out; do sleep 0.1; done
		curl -sS -o /dev/null -w "answered %{http_code}" http://127.0.0.1:8080/healthz'`)
	mentions(t, out, "is installed:", "Nothing was started: systemd does not run here", "installed already", "answered 200")
}

// stripTimes of files: a folder's changes when a file in it comes and goes.
func stripTimes(list string) string {
	return regexp.MustCompile(`(?m)^(\S+) 755 0 \S+ (\d+) $`).ReplaceAllString(list, "$1 $2")
}

// minisign signs as the program of that name does (Ed25519 over BLAKE2b-512).
type minisign struct {
	private ed25519.PrivateKey
	id      string // 8 bytes
}

func (m minisign) publicKey() string {
	return "untrusted comment: minisign public key\n" + base64.StdEncoding.EncodeToString([]byte("Ed"+m.id+string(m.private.Public().(ed25519.PublicKey)))) + "\n"
}

func (m minisign) sign(t *testing.T, file, comment string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	hash := blake2b.Sum512(content)
	signature := ed25519.Sign(m.private, hash[:])
	whole := ed25519.Sign(m.private, append(bytes.Clone(signature), comment...))
	text := fmt.Sprintf("untrusted comment: signature\n%s\ntrusted comment: %s\n%s\n",
		base64.StdEncoding.EncodeToString([]byte("ED"+m.id+string(signature))), comment, base64.StdEncoding.EncodeToString(whole))
	if err := os.WriteFile(file+".minisig", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func newMinisign(seed byte) minisign {
	return minisign{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)), strings.Repeat(string(rune('a'+seed)), 8)}
}

// testInstallVerifies: a release is verified before anything of it runs: its archive by the checksums, they by
// the signature. The key that a computer took first is the one that counts for ever after.
func testInstallVerifies(t *testing.T, folder string) {
	arch, known := map[string]string{"amd64": "amd64", "arm64": "arm64", "arm": "armv6"}[runtime.GOARCH]
	if !known {
		t.Skip("there are no releases for this computer")
	}
	if !strings.Contains(shell(t, nil, 0, "openssl pkeyutl -help 2>&1 || true"), "rawin") {
		t.Skip("openssl 3 is missing")
	}
	release, root := t.TempDir(), t.TempDir()
	name := "aarogya-v1-linux-" + arch
	shell(t, nil, 0, "cp -a '"+folder+"' '"+release+"/"+name+"' && cd '"+release+"' && tar -czf "+name+".tar.gz "+name+" && rm -r "+name)
	copyFile(t, "../scripts/install.sh", filepath.Join(release, "install.sh"), 0o755)
	sum(t, release)
	sums := filepath.Join(release, "SHA256SUMS")
	ours, theirs := newMinisign(1), newMinisign(2)
	publish := func(key minisign) {
		if err := os.WriteFile(filepath.Join(release, "aarogya.pub"), []byte(key.publicKey()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"DESTDIR=" + root}
	install := "sh '" + release + "/install.sh'"

	mentions(t, shell(t, env, 0, install), "NOT checked, this release has none", "checksums: good", "is installed")
	ours.sign(t, sums, "aarogya v1")
	mentions(t, shell(t, env, 0, install), "NOT checked, there is no key")
	publish(theirs)
	mentions(t, shell(t, env, 1, install), "not by the owner", "nothing on this computer was changed")
	publish(ours)
	mentions(t, shell(t, env, 0, install), "signature: good, says: aarogya v1", "beside the release")

	// Somebody else's release, with his own key beside it.
	theirs.sign(t, sums, "aarogya v2")
	publish(theirs)
	mentions(t, shell(t, env, 1, install), "not by the owner of "+root+"/etc/aarogya/release.pub")
	mentions(t, shell(t, env, 0, install+" --key '"+release+"/aarogya.pub'"), "signature: good, says: aarogya v2")
	ours.sign(t, sums, "aarogya v1")
	shell(t, env, 0, install+" --key '"+writeTemp(t, ours.publicKey())+"'")

	for what, line := range map[string]string{
		"a comment that was not signed":  "sed -i 's/trusted comment: aarogya v1/&.9/' SHA256SUMS.minisig",
		"checksums that were not signed": "echo >>SHA256SUMS",
	} {
		shell(t, nil, 0, "cp -a '"+release+"' '"+release+"-evil' && cd '"+release+"-evil' && "+line)
		if out := shell(t, env, 1, "sh '"+release+"-evil/install.sh'"); !strings.Contains(out, "not by the owner") {
			t.Errorf("%s: %s", what, out)
		}
		os.RemoveAll(release + "-evil")
	}
	mentions(t, shell(t, env, 1, "sh '"+folder+"/install.sh'"), "takes signed releases")
	mentions(t, shell(t, env, 0, "sh '"+folder+"/install.sh' --unsigned"), "installed already")
	os.Remove(sums + ".minisig")
	mentions(t, shell(t, env, 1, install), "is not signed")
	mentions(t, shell(t, env, 0, install+" --unsigned"), "NOT checked")
	shell(t, nil, 0, "echo more >>'"+release+"/"+name+".tar.gz'")
	mentions(t, shell(t, env, 1, install+" --unsigned"), name+".tar.gz is damaged")
}

func writeTemp(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The units are what systemd takes without a word, and leave the box little to do harm with.
func TestUnits(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is missing")
	}
	units := t.TempDir()
	for _, name := range []string{"aarogya.service", "aarogya-stick@.service"} {
		text, err := os.ReadFile(filepath.Join("../scripts", name))
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(text, []byte("ExecStart=/bin/true")) // the program may not be installed here
		name = strings.Replace(name, "@", "@sda1", 1)
		if err := os.WriteFile(filepath.Join(units, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
		if out := shell(t, nil, 0, "systemd-analyze verify '"+units+"/"+name+"'"); out != "" {
			t.Errorf("%s: %s", name, out)
		}
	}
	const most = 2.0
	out := shell(t, nil, 0, "systemd-analyze security --offline=true '"+units+"/aarogya.service' | tail -1")
	found := regexp.MustCompile(`: ([\d.]+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatal(out)
	}
	if exposure, err := strconv.ParseFloat(found[1], 64); err != nil || exposure > most {
		t.Errorf("exposure %s, more than %v: %s", found[1], most, out)
	}
}

// machine is a computer with a systemd of its own: testdata/machine.sh.
type machine struct {
	t   *testing.T
	pid string // of its systemd
}

func boot(t *testing.T, release string) machine {
	t.Helper()
	for _, tool := range []string{"unshare", "nsenter", "findmnt", "/lib/systemd/systemd", "/lib/systemd/systemd-udevd", "losetup", "mkfs.ext4", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	if os.Geteuid() != 0 || exec.Command("unshare", "--mount", "--pid", "--fork", "--net", "--cgroup", "true").Run() != nil {
		t.Skip("only root can make namespaces here")
	}
	if out, _ := exec.Command("findmnt", "-t", "cgroup2").Output(); len(out) == 0 {
		t.Skip("there is no cgroup2 here")
	}
	cmd := exec.Command("testdata/machine.sh", release)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
		group := shell(t, nil, 0, "findmnt -n -t cgroup2 -o TARGET | head -1")
		group = filepath.Join(strings.TrimSpace(group), fmt.Sprintf("aarogya-test-%d", cmd.Process.Pid))
		shell(t, nil, 0, "for i in 1 2 3 4 5; do find '"+group+"' -depth -type d -exec rmdir {} \\; 2>/dev/null; [ -d '"+group+"' ] || exit 0; sleep 1; done; exit 1")
	})
	m := machine{t: t}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", cmd.Process.Pid, cmd.Process.Pid))
		if m.pid = strings.TrimSpace(string(children)); m.pid != "" {
			if state, _ := m.try("systemctl is-system-running"); strings.TrimSpace(state) == "running" {
				return m
			}
		}
		if time.Now().After(deadline) {
			state, _ := m.try("systemctl list-jobs; systemctl --failed; journalctl -n 30")
			t.Fatalf("the machine did not come up: %s\n%s", out.String(), state)
		}
	}
}

// try runs a line of sh on the machine.
func (m machine) try(line string) (string, error) {
	cmd := exec.Command("nsenter", "-t", m.pid, "-m", "-p", "-n", "-u", "-i", "-C", "-r", "-w", "sh", "-c", line)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (m machine) run(line string) string {
	m.t.Helper()
	out, err := m.try(line)
	if err != nil {
		journal, _ := m.try("journalctl --no-pager -n 60")
		m.t.Fatalf("%s: %v\n%s\n%s", line, err, out, journal)
	}
	return out
}

// eventually waits until a line succeeds.
func (m machine) eventually(line string) {
	m.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, err := m.try(line); err == nil {
			return
		}
		if time.Now().After(deadline) {
			m.run(line)
		}
	}
}

const healthy = `systemctl is-active --quiet aarogya && curl -sf -o /dev/null http://127.0.0.1:80/healthz`

// testInstalledUnderSystemd is a whole life under a real systemd: installed, running in its sandbox as nobody in
// particular, installed again, commands by root while it is down, hung and started anew, a
// stick put in, upgraded, removed.
func testInstalledUnderSystemd(t *testing.T, folder string) {
	m := boot(t, folder)
	install := "sh /release/install.sh"
	mentions(t, m.run(install), "checksums: good", "It runs, and starts with this computer", "Setup code", "Fingerprint", "card.html")
	m.run(healthy)
	mentions(t, m.run("systemctl is-enabled aarogya; cat /release/card.html"), "enabled", "<h1>Aarogya</h1>", "setup code")
	pid := m.run("systemctl show aarogya -p MainPID --value")
	before := m.run("find /usr/local /etc -printf '%p %m %U %T@ %i\n' | grep -i aarogya | sort")
	mentions(t, m.run(install), "installed already")
	if after := m.run("find /usr/local /etc -printf '%p %m %U %T@ %i\n' | grep -i aarogya | sort"); after != before {
		t.Errorf("the second time changed something:\n%s\n%s", before, after)
	}
	if now := m.run("systemctl show aarogya -p MainPID --value"); now != pid {
		t.Errorf("the second time started it anew: %s, was %s", now, pid)
	}

	status := m.run("cat /proc/" + strings.TrimSpace(pid) + "/status")
	const netBindService = "0000000000000400"
	mentions(t, status, "CapEff:\t"+netBindService, "CapBnd:\t"+netBindService, "NoNewPrivs:\t1", "Seccomp:\t2")
	if regexp.MustCompile(`Uid:\s0\s`).MatchString(status) {
		t.Error("it runs as root")
	}
	mentions(t, m.run("stat -c %a /var/lib/private/aarogya"), "700")

	// In its sandbox it can still ask the kernel whether a time server keeps the clock.
	number := map[string]int{"amd64": 159, "arm64": 171}[runtime.GOARCH] // of adjtimex, which is given nothing to change
	m.run(fmt.Sprintf(`echo 'my $b = chr(0) x 208; exit(syscall(%d, $b) < 0)' >/run/asks.pl`, number))
	m.run(`sed 's|^ExecStart=.*|ExecStart=/usr/bin/perl /run/asks.pl|; s/^Type=.*/Type=oneshot/; /^Watchdog\|^Restart/d' /etc/systemd/system/aarogya.service >/run/systemd/system/asks.service`)
	m.run("systemctl start asks")

	pass := "echo 'a long enough passphrase' | "
	m.run("systemctl stop aarogya")
	m.run(pass + "aarogya user add vijay --role admin --clinic 'PHC Rampur' --data /var/lib/aarogya")
	m.run("systemctl start aarogya")
	m.run(healthy)
	m.run(pass + "aarogya user add meena --role asha --as vijay --data /var/lib/aarogya") // by the running box
	m.run("! find /var/lib/private/aarogya -user root | grep .")

	// A box that hangs says nothing to the watchdog.
	m.run("mkdir -p /run/systemd/system/aarogya.service.d && printf '[Service]\\nWatchdogSec=3\\n' >/run/systemd/system/aarogya.service.d/soon.conf && systemctl daemon-reload && systemctl restart aarogya")
	m.run("kill -STOP $(systemctl show aarogya -p MainPID --value)")
	m.eventually("journalctl -u aarogya | grep -q 'Watchdog timeout' && " + healthy)
	mentions(t, m.run("aarogya user list --data /var/lib/aarogya"), "vijay", "meena")

	m.stick(t)

	shell(t, nil, 0, "cat '"+folder+"/aarogya' >'"+folder+"/next' && echo >>'"+folder+"/next' && chmod 755 '"+folder+"/next' && mv '"+folder+"/next' '"+folder+"/aarogya'")
	sum(t, folder)
	pid = m.run("systemctl show aarogya -p MainPID --value")
	mentions(t, m.run(install), "is installed:")
	m.run(healthy)
	if now := m.run("systemctl show aarogya -p MainPID --value"); now == pid {
		t.Error("another program was installed and the old one still runs")
	}

	mentions(t, m.run(install+" --uninstall"), "data is where it was")
	m.run("! systemctl is-active --quiet aarogya; ! find /usr/local /etc -iname '*aarogya*' | grep .")
	m.run("test -s /var/lib/private/aarogya/aarogya.db")
	m.run(install)
	mentions(t, m.run("aarogya user list --data /var/lib/aarogya"), "vijay", "meena")
}

// stick is put in: udev reads its label, systemd starts the unit the rule names.
func (m machine) stick(t *testing.T) {
	image := filepath.Join(t.TempDir(), "stick.img")
	shell(t, nil, 0, "truncate -s 8M '"+image+"' && mkfs.ext4 -q -L AAROGYA-1 '"+image+"'")
	device := strings.TrimSpace(shell(t, nil, 0, "losetup --find"))
	name := filepath.Base(device)
	m.run("mknod " + device + " b $(cat /sys/block/" + name + "/dev | tr : ' ')")
	shell(t, nil, 0, "losetup "+device+" '"+image+"'")
	defer shell(t, nil, 0, "losetup -d "+device)
	m.eventually("journalctl -u aarogya-stick@" + name + " | grep -q 'safe to remove'")
	mentions(t, m.run("mount -o ro "+device+" /mnt && ls /mnt && test -s /mnt/card.html; umount /mnt"), "card.html")

	shell(t, nil, 0, "dd if=/dev/zero of="+device+" bs=64k count=16 status=none") // damaged
	out, err := m.try("systemctl start aarogya-stick@" + name)
	if err == nil {
		t.Errorf("a damaged stick: %s", out)
	}
	mentions(t, m.run("journalctl -u aarogya-stick@"+name), "cannot be read", "hint:")
}

// TestStickFollowsNoLinks: a stick on which the card's name leads to the clinic's data does
// no harm to it.
func TestStickFollowsNoLinks(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("a stick is mounted by root")
	}
	got := shell(t, []string{"DIR=" + t.TempDir()}, 0, `cp ../scripts/stick.sh $DIR; cd $DIR && mkdir on data data/elsewhere at bin && echo patients >data/aarogya.db
		ln -s $DIR/data/aarogya.db on/card.html.partial && ln -s $DIR/data/elsewhere on/card.html
		truncate -s 8M stick.img && mkfs.ext4 -q -d on stick.img
		printf '#!/bin/sh\necho the card\n' >bin/aarogya && chmod 755 bin/aarogya
		unshare -m sh -ec 'mount --bind bin /usr/local/bin; RUNTIME_DIRECTORY=$DIR/at sh stick.sh stick.img; mount -o ro stick.img at; cat at/card.html'
		cat data/aarogya.db; ls data/elsewhere`)
	if want := "aarogya stick stick.img: card.html is on it; safe to remove\nthe card\npatients\n"; got != want {
		t.Errorf("%s", got)
	}
}
