package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Main runs the command line and returns the exit code: 0 done, 1 it failed, 2 it was
// not understood.
func Main(args []string, portal fs.FS) int {
	if err := db.UseOFDLocks(); err != nil {
		fmt.Fprintln(os.Stderr, "aarogya:", err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := commands(portal)
	root.SetArgs(args)
	var usage usageError
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return 1
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "aarogya: %v\nhint: aarogya --help\n", err)
		return 2
	default:
		fmt.Fprintln(os.Stderr, "aarogya:", plainError(err))
		return 1
	}
}

// usageError is a command line that was not understood.
type usageError struct{ error }

func commands(portal fs.FS) *cobra.Command {
	root := &cobra.Command{Use: "aarogya", Short: "A clinic in a box: one live list of cases on every tablet", SilenceUsage: true, SilenceErrors: true}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("there is no command %q", args[0])}
		}
		return nil
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	root.AddCommand(serveCommand(portal), userCommand(), tokenCommand(), deviceCommand(), caCommand(), doctorCommand(), selftestCommand(portal), &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0),
		Run: func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "aarogya", Version) },
	})
	return root
}

// exactly n arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("%s: takes %d argument(s), got %d", cmd.CommandPath(), n, len(args))}
		}
		return nil
	}
}

func serveCommand(portal fs.FS) *cobra.Command {
	config := Config{}
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the box", Args: exactly(0),
		Long: "Run the box on the clinic in --data. An empty clinic prints a setup code for its first page.\n" +
			"With --demo: an invented clinic with accounts and cases, on this computer only.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			config.fillAddresses(cmd.Flags().Changed)
			return serve(cmd.Context(), cmd.OutOrStdout(), config, portal)
		},
	}
	cmd.Flags().StringVar(&config.Data, "data", "data", "directory of the clinic's data")
	cmd.Flags().StringVar(&config.HTTP, "http", "", "address in the clear: the portals for this computer, for tablets only the guide (default :80; demo 127.0.0.1:8080)")
	cmd.Flags().StringVar(&config.HTTPS, "https", "", "address for tablets, with the clinic's own certificate; empty = this computer alone (default :443; demo none)")
	cmd.Flags().BoolVar(&config.NoMDNS, "no-mdns", false, "do not answer for the box's name on the network")
	cmd.Flags().BoolVar(&config.Demo, "demo", false, "serve the demo clinic")
	cmd.Flags().StringVar(&config.Log, "log", "text", "log as text or json, on standard error")
	cmd.Flags().IntVar(&config.MaxSockets, "max-sockets", DefaultSockets, "tablets and scripts that may be connected at a time")
	cmd.Flags().BoolVar(&config.Debug, "debug", false, "profiles under /debug/pprof, for this computer alone")
	return cmd
}

func serve(ctx context.Context, out io.Writer, config Config, portal fs.FS) (err error) {
	log, err := newLogger(config.Log)
	if err != nil {
		return usageError{err}
	}
	if err := config.checkAddresses(); err != nil {
		return usageError{err}
	}
	s, err := New(ctx, config, log, portal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Run(ctx, func(address, tablets string) {
		superviseFrom(ctx, log, address)
		if config.Demo {
			fmt.Fprintf(out, "Demo clinic on %s — sign in as chw, asha, doctor or admin, password demo\n", address)
			return
		}
		fmt.Fprintf(out, "Clinic on %s\n", address)
		if tablets != "" {
			fmt.Fprintf(out, "For tablets: %s\n", tablets)
			if w, err := s.welcome(ctx); err == nil && s.setupCode != "" {
				fmt.Fprintln(out, w.inTerminal())
				return
			}
		}
		if s.setupCode != "" {
			fmt.Fprintf(out, "This clinic is empty. Open the page and enter the setup code: %s\n", s.setupCode)
		}
	})
}

// sender adds the flag every command on a clinic has, and returns how to send an errand.
func sender(cmd *cobra.Command) func(*cobra.Command, errand) error {
	dir := cmd.Flags().String("data", "data", "directory of the clinic's data")
	return func(cmd *cobra.Command, e errand) error {
		text, err := sendErrand(cmd.Context(), *dir, e)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), text)
		return nil
	}
}

func userCommand() *cobra.Command {
	group := &cobra.Command{Use: "user", Short: "Staff accounts", Args: exactly(0), RunE: help}
	add := &cobra.Command{
		Use: "add USERNAME", Short: "Make an account; the first one must be an admin", Args: exactly(1),
		Long: "Make an account. Works while the box runs and while it does not.\nThe password is read from standard input; at a terminal it is asked for.",
	}
	send := sender(add)
	name := add.Flags().String("name", "", "name as colleagues know it (default: the username)")
	role := add.Flags().String("role", "", "chw, asha, clinician or admin")
	supervisor := add.Flags().String("supervisor", "", "username of a CHW's ASHA")
	as := add.Flags().String("as", "", "username of the admin who asks for it; not for the first account")
	clinic := add.Flags().String("clinic", "", "name of the clinic, with its first admin")
	add.RunE = func(cmd *cobra.Command, args []string) error {
		if !care.Role(*role).Valid() {
			return usageError{errors.New("--role: chw, asha, clinician or admin")}
		}
		password, err := readPassword(cmd)
		if err != nil {
			return err
		}
		if *name == "" {
			*name = args[0]
		}
		return send(cmd, errand{"user.add", map[string]string{"username": args[0], "name": *name, "role": *role,
			"supervisor": *supervisor, "as": *as, "clinic": *clinic, "password": password}})
	}
	group.AddCommand(add, errandCommand("list", "List the accounts", "user.list"))
	return group
}

func deviceCommand() *cobra.Command {
	group := &cobra.Command{Use: "device", Short: "Tablets: how they come to the box, which there are, sending one away", Args: exactly(0), RunE: help}
	invite := &cobra.Command{Use: "invite USERNAME", Short: "Give a person a code for a new tablet, good once and for ten minutes", Args: exactly(1)}
	revoke := &cobra.Command{Use: "revoke ID", Short: "Send a tablet away: it is signed out at once", Args: exactly(1)}
	for cmd, name := range map[*cobra.Command]string{invite: "username", revoke: "id"} {
		send := sender(cmd)
		as := cmd.Flags().String("as", "", "username of the admin who asks for it")
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			return send(cmd, errand{"device." + cmd.Name(), map[string]string{name: args[0], "as": *as}})
		}
	}
	group.AddCommand(errandCommand("guide", "Show the QR code, the fingerprint and the setup code", "device.guide"),
		errandCommand("card", "Print the card for the wall, as an HTML page", "device.card"),
		errandCommand("list", "List the tablets", "device.list"), invite, revoke)
	return group
}

func caCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "ca", Short: "Print the certificate that tablets must trust", Args: exactly(0),
		Long: "Print the clinic's certificate (never its key), to be carried to tablets as a file ending in .crt.\nIts fingerprint goes to standard error: compare it on each tablet."}
	dir := cmd.Flags().String("data", "data", "directory of the clinic's data")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		certificate, fingerprint, err := caOf(*dir)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "fingerprint", fingerprint)
		_, err = cmd.OutOrStdout().Write(certificate)
		return err
	}
	return cmd
}

func tokenCommand() *cobra.Command {
	group := &cobra.Command{Use: "token", Short: "Access for scripts, as Bearer tokens", Args: exactly(0), RunE: help}
	create := &cobra.Command{Use: "create", Short: "Make a token that acts as an account", Args: exactly(0)}
	send := sender(create)
	user := create.Flags().String("user", "", "username the token acts as")
	label := create.Flags().String("label", "", "what it is for")
	create.RunE = func(cmd *cobra.Command, _ []string) error {
		if *user == "" {
			return usageError{errors.New("--user: whom the token acts as")}
		}
		return send(cmd, errand{"token.create", map[string]string{"username": *user, "label": *label}})
	}
	revoke := &cobra.Command{Use: "revoke ID", Short: "End a token", Args: exactly(1)}
	sendRevoke := sender(revoke)
	revoke.RunE = func(cmd *cobra.Command, args []string) error {
		return sendRevoke(cmd, errand{"token.revoke", map[string]string{"id": args[0]}})
	}
	group.AddCommand(create, errandCommand("list", "List the tokens", "token.list"), revoke)
	return group
}

// errandCommand is a command that only asks.
func errandCommand(use, short, name string) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: exactly(0)}
	send := sender(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return send(cmd, errand{Name: name}) }
	return cmd
}

func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// readPassword asks at a terminal, without showing it, and else reads a line.
func readPassword(cmd *cobra.Command) (string, error) {
	if in, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(cmd.ErrOrStderr(), "Password: ")
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(cmd.ErrOrStderr())
		return string(b), err
	}
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
