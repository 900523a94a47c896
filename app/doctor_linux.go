package app

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// firewallOn reads this computer's firewall rules for a port tablets use; dir is for the hint.
func firewallOn(ctx context.Context, port, dir string) (outcome, error) {
	rules, read := "", false
	for _, tool := range [][]string{{"nft", "list", "ruleset"}, {"iptables-save"}, {"ip6tables-save"}} {
		text, err := exec.CommandContext(ctx, tool[0], tool[1:]...).Output()
		if err == nil && os.Geteuid() == 0 { // to others iptables-save tells nothing, and no error
			rules, read = rules+string(text), true
		}
	}
	if read {
		return found(judgeRules(rules, port), "port", port, "which", "nftables/iptables")
	}
	if text, err := os.ReadFile("/etc/ufw/ufw.conf"); err == nil && ufwOn.Match(text) {
		return found("on", "port", port, "which", "ufw")
	}
	if _, err := os.Stat("/run/firewalld.pid"); err == nil {
		return found("on", "port", port, "which", "firewalld")
	}
	return found("hidden", "port", port, "dir", dir)
}

var (
	ufwOn = regexp.MustCompile(`(?mi)^ENABLED=yes`)
	// What refuses by default: `chain input { type filter hook input …; policy drop; }` of
	// nft, `:INPUT DROP [0:0]` of iptables-save.
	refusesByDefault = regexp.MustCompile(`(?i)hook input[^;]*;\s*policy drop|(?m)^:INPUT (DROP|REJECT)`)
	refusesAnything  = regexp.MustCompile(`(?i)\b(drop|reject)\b`)
)

// judgeRules says what rules mean for a port, as far as their text does.
func judgeRules(rules, port string) (why string) {
	// `tcp dport { 80, 443 } accept` of nft, `--dports 80,443 -j ACCEPT` of iptables-save.
	letsIn := regexp.MustCompile(`(?im)\bdports? [^\n]*\b` + port + `\b[^\n]*\baccept\b`)
	switch {
	case !refusesAnything.MatchString(rules):
		return "none"
	case letsIn.MatchString(rules):
		return "lets_in"
	case refusesByDefault.MatchString(rules):
		return "keeps_out"
	}
	return "on"
}

// listener says whether a program of this computer listens on a TCP port, and, if this user
// may know, which.
func listener(port int) (who string, taken bool) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue // no IPv6
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			// sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
			column := strings.Fields(lines.Text())
			if len(column) < 10 || column[3] != "0A" { // LISTEN
				continue
			}
			_, hex, _ := strings.Cut(column[1], ":")
			if n, err := strconv.ParseUint(hex, 16, 16); err == nil && int(n) == port {
				taken = true
				if who == "" {
					who = holder(column[9])
				}
			}
		}
		f.Close()
	}
	return who, taken
}

// holder is the name of the program that has a socket open; "" if this user may not know.
func holder(inode string) string {
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*") // fails only for a bad pattern
	want := fmt.Sprintf("socket:[%s]", inode)
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil && to == want {
			name, _ := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(file)), "comm"))
			return strings.TrimSpace(string(name))
		}
	}
	return ""
}
