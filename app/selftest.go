package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/spf13/cobra"
)

func selftestCommand(portal fs.FS) *cobra.Command {
	return &cobra.Command{Use: "selftest", Short: "Try on this machine, with invented data, what a clinic relies on", Args: exactly(0),
		Long: "Try what a clinic relies on, in a temporary directory and on this computer's own addresses: storage, serving,\ncertificates, news, and data that outlives a power cut. One line for each step; exit code 1 if one fails.",
		RunE: func(cmd *cobra.Command, _ []string) error { return selftest(cmd.Context(), cmd.OutOrStdout(), portal) },
	}
}

// selftestWithin bounds the whole: a machine on which it takes longer is no box.
const selftestWithin = 3 * time.Minute

// selftest prints one line for each step and stops at the first that fails.
func selftest(ctx context.Context, out io.Writer, portal fs.FS) error {
	ctx, cancel := context.WithTimeout(ctx, selftestWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "aarogya-selftest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t := &trial{dir: filepath.Join(dir, "clinic"), copied: filepath.Join(dir, "copy"), portal: portal}
	defer t.close()
	fmt.Fprintf(out, "aarogya %s, %s/%s, %s\n", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"a database is made and migrated", t.open},
		{"the first admin and a health worker are written", t.employ},
		{"a case is written and read back", t.write},
		{"the box serves this computer", t.serve},
		{"a tablet trusts it, by name and by address, and a stranger does not", t.trust},
		{"news of a message reaches a waiting tablet", t.hear},
		{"all is there in what a power cut leaves behind", t.powerCut},
		{"all is there after a stop and a new start", t.restart},
	} {
		if err := step.do(ctx); err != nil {
			fmt.Fprintln(out, "FAILED ", step.name)
			return fmt.Errorf("selftest: %s: %w", step.name, err)
		}
		fmt.Fprintln(out, "ok     ", step.name)
	}
	return nil
}

// trial is a box made only to be tried, with what its steps hand on.
type trial struct {
	dir, copied string
	portal      fs.FS
	box         *Server
	end         context.CancelFunc // of serving; nil = not serving
	ended       chan error
	own         string // address for this computer
	tablets     string // address for tablets, as HOST:PORT to dial
	client      *http.Client

	worker care.User
	token  string
	caseID string
}

const trialMessage = "selftest: a message"

func (t *trial) open(ctx context.Context) (err error) {
	t.box, err = New(ctx, Config{Data: t.dir, HTTP: "127.0.0.1:0", HTTPS: "127.0.0.1:0", NoMDNS: true}, slog.New(slog.DiscardHandler), t.portal)
	return err
}

func (t *trial) employ(ctx context.Context) error {
	admin, err := firstAdmin(ctx, t.box.db, "Selftest", "Selftest", "admin", db.NewID(), "en")
	if err != nil {
		return err
	}
	change := func(name string, role care.Role, supervisor *string) error {
		hash, err := hashPassword(ctx, db.NewID())
		if err != nil {
			return err
		}
		done, err := t.box.db.Do(ctx, admin.ID, care.Command{Kind: care.CreateUserKind,
			User: &care.UserChange{Username: &name, Name: &name, Role: &role, PasswordHash: &hash, SupervisorID: supervisor}})
		if err == nil {
			t.worker = *done.User
		}
		return err
	}
	if err := change("asha", care.ASHA, nil); err != nil {
		return err
	}
	supervisor := t.worker.ID
	if err := change("chw", care.CHW, &supervisor); err != nil {
		return err
	}
	t.token, _, err = t.box.db.SignIn(ctx, t.worker.ID, db.Token, "selftest")
	return err
}

func (t *trial) write(ctx context.Context) error {
	done, err := t.box.db.Do(ctx, t.worker.ID, care.Command{Kind: care.CreateCaseKind,
		New: &care.NewCase{Complaint: "fever", Patient: &care.NewPatient{Name: "selftest", Consent: care.ConsentGiven}}})
	if err != nil {
		return err
	}
	t.caseID = done.Case.ID
	return t.expect(ctx, t.box.db, 0)
}

// expect finds the case in d, with that many messages on it.
func (t *trial) expect(ctx context.Context, d *db.DB, messages int) error {
	view, err := d.Case(ctx, t.worker, t.caseID)
	if err != nil {
		return err
	}
	if view.Complaint != "fever" || view.CommentCount != messages {
		return fmt.Errorf("%q with %d messages was read, not what was written", view.Complaint, view.CommentCount)
	}
	return nil
}

func (t *trial) serve(ctx context.Context) error {
	serving, end := context.WithCancel(ctx)
	ready := make(chan struct{})
	t.end, t.ended = end, make(chan error, 1)
	go func() {
		t.ended <- t.box.Run(serving, func(own, tablets string) {
			t.own, t.tablets = own, tablets
			close(ready)
		})
	}()
	select {
	case <-ready:
	case err := <-t.ended:
		t.end = nil
		return errors.Join(errors.New("it stopped at once"), err)
	}
	return checkHealth(ctx, http.DefaultClient, t.own)
}

// trust does what a tablet does that was given the clinic's certificate.
func (t *trial) trust(ctx context.Context) error {
	certificate, _, err := caOf(t.dir)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(t.tablets, "https://"))
	if err != nil {
		return err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port)) // the name needs a network
	}
	now := clock()
	if now.Before(built) { // a clock without a battery; the box's certificates know that too
		now = built
	}
	tablet := func(roots *x509.CertPool) *http.Client {
		return &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots, Time: func() time.Time { return now }}}}
	}
	t.client = tablet(roots)
	for _, address := range []string{t.tablets, "https://" + net.JoinHostPort("127.0.0.1", port)} {
		if err := t.ask(ctx, "GET", address+"/trust", nil, nil); err != nil {
			return err
		}
	}
	stranger := tablet(x509.NewCertPool())
	defer stranger.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, "GET", t.tablets+"/trust", nil)
	if err != nil {
		return err
	}
	if res, err := stranger.Do(r); err == nil {
		res.Body.Close()
		return errors.New("a tablet without the clinic's certificate got through")
	}
	return nil
}

// ask sends a request as the health worker's tablet.
func (t *trial) ask(ctx context.Context, method, address string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+t.token)
	if in == nil {
		r.Body, r.ContentLength = nil, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := t.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, address, res.Status)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

// hear waits as a tablet without a socket waits, while a message is sent.
func (t *trial) hear(ctx context.Context) error {
	from := t.box.db.Head()
	waiting := make(chan error, 1)
	var news struct{ Events []struct{ Type string } }
	go func() {
		waiting <- t.ask(ctx, "GET", fmt.Sprintf("%s/api/events?epoch=%s&after=%d&wait=55", t.tablets, t.box.db.Epoch(), from), nil, &news)
	}()
	if err := t.ask(ctx, "POST", t.tablets+"/api/cases/"+t.caseID+"/comments", map[string]string{"text": trialMessage}, nil); err != nil {
		return err
	}
	if err := <-waiting; err != nil {
		return err
	}
	for _, e := range news.Events {
		if e.Type == string(care.CommentAdded) {
			return nil
		}
	}
	return fmt.Errorf("%d events came, none of them the message", len(news.Events))
}

// powerCut opens a copy of the files as they lie while the box runs: what a kill or a
// power cut leaves, with the newest changes in the write-ahead log alone.
func (t *trial) powerCut(ctx context.Context) error {
	if err := os.Mkdir(t.copied, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"aarogya.db", "aarogya.db-wal", "running"} {
		content, err := os.ReadFile(filepath.Join(t.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(t.copied, name), content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, t.copied, db.Options{})
	if err != nil {
		return err
	}
	return errors.Join(t.expect(ctx, d, 1), d.Close())
}

func (t *trial) restart(ctx context.Context) error {
	if err := t.close(); err != nil {
		return err
	}
	d, err := db.Open(ctx, t.dir, db.Options{})
	if err != nil {
		return err
	}
	return errors.Join(t.expect(ctx, d, 1), d.Close())
}

// close stops the box, if it runs.
func (t *trial) close() (err error) {
	if t.client != nil {
		t.client.CloseIdleConnections()
	}
	if t.end != nil {
		t.end()
		err = <-t.ended
		t.end = nil
	}
	if t.box != nil {
		err = errors.Join(err, t.box.Close())
		t.box = nil
	}
	return err
}
