package lan

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// CAFile holds the key and the certificate of the clinic's own certificate authority, in
// one file so that there is never one without the other. Whoever has it can be this box
// for every tablet of the clinic; it goes into backups sealed.
const CAFile = "ca.pem"

var (
	// ErrNoCA: there is none in this directory yet.
	ErrNoCA = errors.New("no certificate authority here yet")
	// ErrCAExists: one is there, and tablets may trust it; it is not replaced.
	ErrCAExists = errors.New("a certificate authority is already here")
	// ErrCADamaged: the file is there but is not what was written. A new one would be
	// trusted by no tablet, so a person has to decide: restore it from a backup, or, if no
	// tablet was ever set up, remove the file.
	ErrCADamaged = errors.New("the certificate authority is damaged")
)

// The CA's time is fixed: it is made on a machine that may not know what year it is.
var (
	caFrom  = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	caUntil = time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)
)

// permittedNames are the domains the CA may sign for, the names in them included.
var permittedNames = []string{"local", "home.arpa"}

// CA is the clinic's certificate authority. What a tablet that trusts it can be made to
// believe is limited by its critical constraints to .local, home.arpa and private addresses.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// CreateCA makes the authority of a new clinic and keeps it in dir, readable to the owner
// only. After a power cut it is there whole or not at all.
func CreateCA(dir, clinic string) (*CA, error) {
	path := filepath.Join(dir, CAFile)
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s: %w", path, ErrCAExists)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ca, text, err := newCA(clinic)
	if err != nil {
		return nil, fmt.Errorf("create certificate authority: %w", err)
	}
	if err := writeWhole(path, text); err != nil {
		return nil, fmt.Errorf("create certificate authority: %w", err)
	}
	return ca, nil
}

// LoadCA reads the authority kept in dir. It never makes one: ErrNoCA and ErrCADamaged are
// for the caller, who knows whether tablets trust one already.
func LoadCA(dir string) (*CA, error) {
	path := filepath.Join(dir, CAFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrNoCA)
	}
	if err != nil {
		return nil, err
	}
	ca, err := parseCA(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrCADamaged, err)
	}
	// A restored copy may have come back readable to everybody.
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("others may read the key: %w", err)
		}
	}
	return ca, nil
}

func newCA(clinic string) (*CA, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	id := sha256.Sum256(public)
	template := &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     pkix.Name{CommonName: caName(clinic, id[:2])},
		NotBefore:                   caFrom,
		NotAfter:                    caUntil,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true, // signs servers, never another authority
		PermittedDNSDomainsCritical: true, // of all constraints, in spite of its name
		PermittedDNSDomains:         permittedNames,
		PermittedIPRanges:           permittedNetworks(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	ca, err := parseCA(text)
	return ca, text, err
}

func permittedNetworks() []*net.IPNet {
	var list []*net.IPNet
	for _, p := range permitted {
		list = append(list, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return list
}

// caName is what the tablet's settings show. The digits come from the key: two authorities
// with one name and different keys confuse the search for the right one. X.520 allows 64
// characters.
func caName(clinic string, id []byte) string {
	name := []rune(strings.Join(strings.FieldsFunc(clinic, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r) // Cf: joiners, which Hindi needs
	}), " "))
	name = name[:min(len(name), 48)]
	return strings.Join(strings.Fields("Aarogya "+string(name)+" "+hex.EncodeToString(id)), " ")
}

func newSerial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	b[0] = b[0]&0x7f | 0x40 // positive, and always as long
	return new(big.Int).SetBytes(b), nil
}

// parseCA accepts exactly what newCA writes.
func parseCA(text []byte) (*CA, error) {
	first, rest := pem.Decode(text)
	if first == nil || first.Type != "CERTIFICATE" {
		return nil, errors.New("the certificate is missing")
	}
	second, rest := pem.Decode(rest)
	if second == nil || second.Type != "PRIVATE KEY" {
		return nil, errors.New("the key is missing")
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("there is something behind the key")
	}
	cert, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(second.Bytes)
	if err != nil {
		return nil, errors.New("the key cannot be read") // not the cause: it may quote the key
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the key is of another kind")
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("the key belongs to another certificate")
	}
	if err := cert.CheckSignatureFrom(cert); err != nil {
		return nil, err
	}
	if !cert.IsCA || !cert.MaxPathLenZero || !cert.PermittedDNSDomainsCritical {
		return nil, errors.New("it may sign for more than private names and addresses")
	}
	return &CA{cert: cert, key: key}, nil
}

// writeWhole writes a file that nobody else may read, and that is there whole or not at all.
func writeWhole(path string, text []byte) error {
	half := path + ".new" // what a power cut left there was never used: replaced
	if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		os.Remove(half)
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// DER is what a tablet downloads and installs.
func (c *CA) DER() []byte { return bytes.Clone(c.cert.Raw) }

// CommonName is how the tablet's settings call it.
func (c *CA) CommonName() string { return c.cert.Subject.CommonName }

// Fingerprint is the SHA-256 of DER in 64 hex digits.
func (c *CA) Fingerprint() string {
	sum := sha256.Sum256(c.cert.Raw)
	return hex.EncodeToString(sum[:])
}

// FingerprintGroups are its first 16 digits in four groups, for people to compare with a
// card; in capitals, as the tablet's own dialogs show it.
func (c *CA) FingerprintGroups() string {
	f := strings.ToUpper(c.Fingerprint())
	return strings.Join([]string{f[:4], f[4:8], f[8:12], f[12:16]}, " ")
}

// How long a certificate of the box lives: tablets whose clock is a little behind must take
// it too, Apple takes no more than 397 days, and it is replaced long before its end.
const (
	day       = 24 * time.Hour
	leafPast  = 30 * day
	leafAhead = 360 * day
	leafRenew = 300 * day
)

// Certifier keeps a certificate that is right for the box as it is now: its name, its
// addresses, its clock. The key lives in memory only; tablets trust the CA, not the key.
// Safe for use by many goroutines.
type Certifier struct {
	ca         *CA
	now, floor func() time.Time

	mu    sync.Mutex // one certificate is made at a time
	name  string
	addrs []netip.Addr

	leaf atomic.Pointer[tls.Certificate]
}

// NewCertifier signs with ca for the name, which may be bare ("aarogya") or whole. now is
// the box's clock; floor is the time it is at least, since a Pi without internet boots in
// the past: no certificate is made as of an earlier time. Both are asked at every handshake.
func NewCertifier(ca *CA, name string, now, floor func() time.Time) (*Certifier, error) {
	c := &Certifier{ca: ca, now: now, floor: floor}
	return c, c.SetName(name)
}

// CA is the authority that signs.
func (c *Certifier) CA() *CA { return c.ca }

// GetCertificate is for tls.Config, whose Certificates must stay empty: with one in there,
// Go does not ask for clients that come by address. There is one certificate, for the name
// and for every address.
func (c *Certifier) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if leaf := c.leaf.Load(); c.fresh(leaf) {
		return leaf, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fresh(c.leaf.Load()) { // nobody else was quicker
		if err := c.renew(c.name, c.addrs); err != nil && c.leaf.Load() == nil {
			return nil, err
		}
	}
	return c.leaf.Load(), nil // after an error the old one, which may still do
}

// SetName makes the certificate one for another name. One the CA may not sign for is an
// error, and the certificate stays as it was.
func (c *Certifier) SetName(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name = wholeName(name); name == c.name {
		return nil
	}
	return c.renew(name, c.addrs)
}

// SetAddrs makes the certificate one for these addresses as well. Those the CA may not sign
// for are left out: one such name or address makes clients refuse the whole certificate.
func (c *Certifier) SetAddrs(addrs []netip.Addr) error {
	addrs = slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return !shown(a) })
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Equal(addrs, c.addrs) {
		return nil
	}
	return c.renew(c.name, addrs)
}

// asOf is the time a certificate is made for.
func (c *Certifier) asOf() time.Time {
	now := c.now()
	if floor := c.floor(); now.Before(floor) {
		now = floor
	}
	if now.Before(caFrom) {
		return caFrom
	}
	return now
}

// fresh: neither old, nor from a time the clock has since gone back behind.
func (c *Certifier) fresh(leaf *tls.Certificate) bool {
	if leaf == nil {
		return false
	}
	left := leaf.Leaf.NotAfter.Sub(c.asOf())
	return left >= leafRenew && left <= leafAhead+day || leaf.Leaf.NotAfter.Equal(caUntil)
}

// renew makes and shows a new certificate. The caller holds the lock.
func (c *Certifier) renew(name string, addrs []netip.Addr) error {
	now := c.asOf()
	leaf, err := c.ca.issue(name, addrs, now.Add(-leafPast), now.Add(leafAhead))
	if err != nil {
		return fmt.Errorf("certificate for %s: %w", name, err)
	}
	// Refused here, where it is logged, rather than by every tablet.
	roots := x509.NewCertPool()
	roots.AddCert(c.ca.cert)
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now}); err != nil {
		return fmt.Errorf("certificate for %s: %w", name, err)
	}
	c.name, c.addrs = name, addrs
	c.leaf.Store(leaf)
	return nil
}

// issue signs a new key for the name, the addresses and the box itself.
func (c *CA) issue(name string, addrs []netip.Addr, from, until time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	if from.Before(caFrom) {
		from = caFrom
	}
	if until.After(caUntil) {
		until = caUntil
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from.UTC(),
		NotAfter:     until.UTC(),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{name},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		// says that it is no authority, which some clients want to be told
		BasicConstraintsValid: true,
	}
	for _, a := range addrs {
		template.IPAddresses = append(template.IPAddresses, a.Unmap().WithZone("").AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, template, c.cert, key.Public(), c.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// wholeName makes "aarogya.local" of "aarogya"; a name with a dot is whole already.
func wholeName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if !strings.Contains(name, ".") {
		name += ".local"
	}
	return name
}
