package app

import (
	"bytes"
	"context"
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
	"strings"
	"text/tabwriter"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// clerk does what the command line asks for, with the database in hand: inside the
// serving process, reached through DIR/control.sock, or on its own when none serves.
// Two processes that write would break the chain of events.
type clerk struct {
	db        *db.DB
	signedOut func(sessionID string) // cuts the sockets of a session that ended
	box       *Server                // nil when none serves
}

var errNotServing = errors.New("the box does not run\nhint: start it, then ask again")

// errand is one request to the clerk.
type errand struct {
	Name string            `json:"name"`
	Args map[string]string `json:"args"`
}

var errands = map[string]func(clerk, context.Context, map[string]string) (string, error){
	"user.add":     clerk.addUser,
	"user.list":    clerk.listUsers,
	"token.create": clerk.createToken,
	"token.list":   clerk.listTokens,
	"token.revoke": clerk.revokeToken,

	"device.guide":  clerk.tellGuide,
	"device.card":   clerk.printCard,
	"device.list":   clerk.listDevices,
	"device.invite": clerk.inviteDevice,
	"device.revoke": clerk.revokeDevice,
	"doctor":        clerk.examine,
	"awake":         func(clerk, context.Context, map[string]string) (string, error) { return Version, nil },
}

func (k clerk) run(ctx context.Context, e errand) (string, error) {
	do := errands[e.Name]
	if do == nil {
		return "", fmt.Errorf("the running box does not know %q; is it an older version?", e.Name)
	}
	return do(k, ctx, e.Args)
}

// addUser makes an account: the first admin of an empty clinic by itself, everyone after
// in the name of an admin.
func (k clerk) addUser(ctx context.Context, args map[string]string) (string, error) {
	users, err := k.db.Users(ctx)
	if err != nil {
		return "", err
	}
	role := care.Role(args["role"])
	if len(users) == 0 {
		if role != care.Admin {
			return "", errors.New("the first account of a clinic must be an admin\nhint: aarogya user add NAME --role admin")
		}
		u, err := firstAdmin(ctx, k.db, args["clinic"], args["name"], args["username"], args["password"], "hi")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("admin %s made; sign in on the box's page", u.Username), nil
	}
	if args["clinic"] != "" {
		return "", errors.New("--clinic names a clinic only with its first admin")
	}
	as, err := k.admin(ctx, args)
	if err != nil {
		return "", err
	}
	if err := checkNewPassword("password", role, args["password"]); err != nil {
		return "", err
	}
	hash, err := hashPassword(ctx, args["password"])
	if err != nil {
		return "", err
	}
	username, name := args["username"], args["name"]
	change := care.UserChange{Username: &username, Name: &name, Role: &role, PasswordHash: &hash}
	if args["supervisor"] != "" {
		s, _, err := k.db.UserNamed(ctx, args["supervisor"])
		if err != nil {
			return "", fmt.Errorf("--supervisor %s: no such account", args["supervisor"])
		}
		change.SupervisorID = &s.ID
	}
	done, err := k.db.Do(ctx, as.ID, care.Command{Kind: care.CreateUserKind, User: &change})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s made", done.User.Role, done.User.Username), nil
}

// firstAdmin names an empty clinic and makes its first account.
func firstAdmin(ctx context.Context, d *db.DB, clinic, name, username, password, language string) (care.User, error) {
	clinic = strings.TrimSpace(clinic)
	if err := (care.Command{Comment: clinic}).CheckTexts(); err != nil {
		return care.User{}, err
	}
	if err := checkNewPassword("password", care.Admin, password); err != nil {
		return care.User{}, err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return care.User{}, err
	}
	return d.FirstAdmin(ctx, clinic, care.UserChange{Name: &name, Username: &username, PasswordHash: &hash, Language: &language})
}

func (k clerk) listUsers(ctx context.Context, _ map[string]string) (string, error) {
	users, err := k.db.Users(ctx)
	if err != nil {
		return "", err
	}
	return table("USERNAME\tROLE\tNAME\tSUPERVISOR\tACTIVE", len(users), func(i int) []any {
		u, supervisor := users[i], ""
		if u.Supervisor != nil {
			supervisor = u.Supervisor.Name
		}
		return []any{u.Username, u.Role, u.Name, supervisor, u.Active}
	}), nil
}

func (k clerk) createToken(ctx context.Context, args map[string]string) (string, error) {
	u, _, err := k.db.UserNamed(ctx, args["username"])
	if err != nil || !u.Active {
		return "", fmt.Errorf("no active account is called %q", args["username"])
	}
	secret, s, err := k.db.SignIn(ctx, u.ID, db.Token, args["label"])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("id    %s\ntoken %s\nIt is shown this once. Use it as: Authorization: Bearer TOKEN", s.ID, secret), nil
}

func (k clerk) listTokens(ctx context.Context, _ map[string]string) (string, error) {
	tokens, err := k.db.Tokens(ctx)
	if err != nil {
		return "", err
	}
	return table("ID\tUSERNAME\tLABEL\tCREATED\tLAST SEEN", len(tokens), func(i int) []any {
		t := tokens[i]
		return []any{t.ID, t.Username, t.Label, t.Created, t.LastSeen}
	}), nil
}

func (k clerk) revokeToken(ctx context.Context, args map[string]string) (string, error) {
	live, err := k.db.SessionLive(ctx, args["id"])
	if err != nil {
		return "", err
	}
	if !live {
		return "", errors.New("there is no such token, or it was revoked before\nhint: aarogya token list")
	}
	if err := k.db.Revoke(ctx, args["id"]); err != nil {
		return "", err
	}
	k.signedOut(args["id"])
	return "revoked", nil
}

// tellGuide is what whoever installs the box reads: QR code, fingerprint, setup code.
func (k clerk) tellGuide(ctx context.Context, _ map[string]string) (string, error) {
	if k.box == nil {
		return "", errNotServing
	}
	w, err := k.box.welcome(ctx)
	return w.inTerminal(), err
}

func (k clerk) printCard(ctx context.Context, _ map[string]string) (string, error) {
	if k.box == nil {
		return "", errNotServing
	}
	w, err := k.box.welcome(ctx)
	if err != nil {
		return "", err
	}
	return w.card(), nil
}

func (k clerk) listDevices(ctx context.Context, _ map[string]string) (string, error) {
	devices, err := k.db.Devices(ctx)
	if err != nil {
		return "", err
	}
	return table("ID\tNAME\tENROLLED\tLAST SEEN\tSTATE\tPEOPLE", len(devices), func(i int) []any {
		d, people := devices[i], []string{}
		for _, p := range d.People {
			people = append(people, p.Name)
		}
		state := "good"
		switch {
		case d.Revoked:
			state = "revoked"
		case d.Locked:
			state = "locked"
		}
		return []any{d.ID, d.Name, d.CreatedAt, d.LastSeen, state, strings.Join(people, ", ")}
	}), nil
}

// inviteDevice gives a code as the page does, in the name of an admin.
func (k clerk) inviteDevice(ctx context.Context, args map[string]string) (string, error) {
	if k.box == nil {
		return "", errNotServing
	}
	as, err := k.admin(ctx, args)
	if err != nil {
		return "", err
	}
	person, _, err := k.db.UserNamed(ctx, args["username"])
	if err != nil {
		return "", fmt.Errorf("no account is called %q", args["username"])
	}
	given, err := k.box.codeFor(ctx, as.ID, person.ID)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("For %s, once, within 10 minutes, on a tablet that trusts the box:\n\n%s\n%s\nor type there: %s\n\nA new tablet first needs the certificate, which can be fetched for 30 minutes from now: aarogya device guide",
		given.For.Name, inTerminal(given.Join.URL), given.Join.URL, given.Code), nil
}

func (k clerk) revokeDevice(ctx context.Context, args map[string]string) (string, error) {
	as, err := k.admin(ctx, args)
	if err != nil {
		return "", err
	}
	_, err = k.db.Do(ctx, as.ID, care.Command{Kind: care.UpdateDeviceKind, DeviceID: args["id"], Device: &care.DeviceChange{Revoke: true}})
	if errors.Is(err, care.ErrNotFound) {
		return "", errors.New("there is no such tablet\nhint: aarogya device list")
	}
	return "revoked; it is signed out", err
}

// admin is in whose name something is done from the command line.
func (k clerk) admin(ctx context.Context, args map[string]string) (care.User, error) {
	if args["as"] == "" {
		return care.User{}, errors.New("say which admin this is done for\nhint: --as USERNAME of an active admin")
	}
	as, _, err := k.db.UserNamed(ctx, args["as"])
	if err != nil || as.Role != care.Admin || !as.Active {
		return care.User{}, fmt.Errorf("--as %s: no active admin is called so\nhint: aarogya user list", args["as"])
	}
	return as, nil
}

func table(header string, rows int, row func(int) []any) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, header)
	for i := range rows {
		for _, cell := range row(i) {
			fmt.Fprintf(w, "%v\t", cell)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return strings.TrimRight(b.String(), "\n")
}

// controlSocket is where the serving process takes errands: a file only its user reaches.
func controlSocket(dir string) string { return filepath.Join(dir, "control.sock") }

type controlServer struct{ server *http.Server }

func (s *Server) listenControl() (controlServer, error) {
	path := controlSocket(s.config.Data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a kill; the lock says nobody is there
		return controlServer{}, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return controlServer{}, fmt.Errorf("control socket: %w (is the path of the data directory longer than about 90 letters?)", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return controlServer{}, err
	}
	k := clerk{s.db, func(ended string) { s.hub.SignOut(func(_, session string) bool { return session == ended }) }, s}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e errand
		var answer struct{ Text, Error string }
		err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&e)
		if err == nil {
			answer.Text, err = k.run(r.Context(), e)
		}
		if err != nil {
			answer.Error = plainError(err)
		}
		json.NewEncoder(w).Encode(answer)
	})}
	go server.Serve(listener)
	return controlServer{server}, nil
}

func (c controlServer) close() { c.server.Close() }

// errNobody: no process serves this directory.
var errNobody = errors.New("the box is not running")

// askBox has an errand done by the process that serves dir.
func askBox(ctx context.Context, dir string, e errand, within time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", controlSocket(dir))
	}}}
	defer client.CloseIdleConnections()
	body, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return "", errors.Join(errNobody, err)
	}
	defer res.Body.Close()
	var answer struct{ Text, Error string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Error != "" {
		return "", errors.New(answer.Error)
	}
	return answer.Text, nil
}

// whichClinic: the flag's default is for whoever tries the box in a folder.
const whichClinic = "hint: name its directory: --data DIR; of an installed box: sudo aarogya … --data /var/lib/aarogya"

// sendErrand has an errand done: by the process that serves dir, or here if none does.
func sendErrand(ctx context.Context, dir string, e errand) (string, error) {
	text, err := askBox(ctx, dir, e, 30*time.Second)
	if !errors.Is(err, errNobody) {
		return text, err
	}
	entered, err := enterAsOwner(dir)
	if err != nil {
		return "", fmt.Errorf("data directory: %w\n%s", err, whichClinic)
	}
	// Nothing but its first admin begins a clinic: a wrong --data does not leave an empty one behind.
	first := e.Name == "user.add" && e.Args["role"] == string(care.Admin) && e.Args["as"] == ""
	if !first && !db.Exists(entered) {
		return "", fmt.Errorf("there is no clinic in %s\n%s", dir, whichClinic)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	boxTime := newClock(clock, clockHardware, log)
	d, err := db.Open(ctx, entered, db.Options{Now: boxTime.Now, Log: log})
	if errors.Is(err, fs.ErrPermission) {
		return "", fmt.Errorf("%w\n%s", err, whichClinic)
	} else if err != nil {
		return "", err
	}
	defer d.Close()
	if err := boxTime.load(ctx, d); err != nil {
		return "", err
	}
	return clerk{db: d, signedOut: func(string) {}}.run(ctx, e)
}

// plainError is an error for somebody at a terminal: each wrong field on a line.
func plainError(err error) string {
	if e, ok := errors.AsType[*care.InvalidError](err); ok {
		lines := make([]string, len(e.Fields))
		for i, f := range e.Fields {
			lines[i] = f.Field + ": " + f.Message
		}
		return strings.Join(lines, "\n")
	}
	return err.Error()
}
