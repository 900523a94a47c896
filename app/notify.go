package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tellSystemd says how the program is, where systemd (or whatever set NOTIFY_SOCKET) asked
// for it.
func tellSystemd(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("systemd was not told", "state", state, "err", err)
	}
}

// watchdogShare of the time systemd waits: two checks may fail, or take long on a busy SD
// card, before the third one is too late.
const watchdogShare = 3

// superviseFrom tells systemd that the box is ready, that it lives, and that it stops.
// It lives as long as a request to itself, on the address it has for this computer, finds
// that a real write and a real read work; else systemd starts it anew. own is that address.
func superviseFrom(ctx context.Context, log *slog.Logger, own string) {
	tellSystemd(log, daemon.SdNotifyReady)
	context.AfterFunc(ctx, func() { tellSystemd(log, daemon.SdNotifyStopping) })
	within, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		log.Error("no watchdog: what systemd says of it is not understood", "err", err)
	}
	if within == 0 {
		return
	}
	client := &http.Client{Timeout: within / watchdogShare, Transport: &http.Transport{DisableKeepAlives: true}} // a new connection each time, as a tablet makes
	go func() {
		ticks := time.NewTicker(within / watchdogShare)
		defer ticks.Stop()
		for ctx.Err() == nil {
			if err := checkHealth(ctx, client, own); err == nil {
				tellSystemd(log, daemon.SdNotifyWatchdog)
			} else if ctx.Err() == nil {
				log.Error("the box does not work; systemd starts it anew if this goes on", "err", err)
			}
			select {
			case <-ticks.C:
			case <-ctx.Done():
			}
		}
	}()
}

// checkHealth asks the box at own, as `http://HOST:PORT`, whether a write and a read just
// worked. A full or dying disk is no reason to start anew: what was saved can still be read,
// and the writer comes back by itself.
func checkHealth(ctx context.Context, client *http.Client, own string) error {
	r, err := http.NewRequestWithContext(ctx, "GET", own+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusInsufficientStorage {
		return fmt.Errorf("/healthz answered %d", res.StatusCode)
	}
	return nil
}
