package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"aarogya/app/care"
)

// Settings of the box's clock.
const (
	settingClock = "clock" // care.ClockData: what an admin said last
	settingTime  = "time"  // Unix milliseconds: the last time the box is sure of
)

// Clock reads what an admin said last of the time, nil if nobody ever did or it no longer
// holds, and the last time that was saved, 0 if there is none.
func (d *DB) Clock(ctx context.Context) (said *care.ClockData, saved care.Instant, err error) {
	text, err := d.Setting(ctx, settingClock)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &said)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("clock: %w", err)
	}
	if text, err = d.Setting(ctx, settingTime); err == nil && text != "" {
		var ms int64
		ms, err = strconv.ParseInt(text, 10, 64)
		saved = care.Instant(ms)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("saved time: %w", err)
	}
	return said, saved, nil
}

// SaveTime keeps a time that the clock will not fall behind. forget: what an admin said
// was about a clock that a time server has set since.
func (d *DB) SaveTime(ctx context.Context, at time.Time, forget bool) error {
	return d.submit(ctx, func(t *tx) error {
		if forget {
			if err := t.exec(`DELETE FROM settings WHERE name = ?`, settingClock); err != nil {
				return err
			}
		}
		return t.saveTime(at.UnixMilli())
	})
}

func (t *tx) saveTime(ms int64) error {
	return t.exec(setSetting, settingTime, strconv.FormatInt(ms, 10))
}

// setClock keeps what an admin says the time is, and in the log that she did.
func (t *tx) setClock(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	if !care.May(by.Role, care.ManageBox) {
		return Done{}, care.ErrForbidden
	}
	said := *cmd.Clock
	said.Before = care.At(t.w.d.now())
	text, err := json.Marshal(said)
	if err != nil {
		return Done{}, err
	}
	if err := t.exec(setSetting, settingClock, string(text)); err != nil {
		return Done{}, err
	}
	if err := t.saveTime(int64(said.Now)); err != nil {
		return Done{}, err
	}
	if err := t.seenUntil(int64(said.Now)); err != nil {
		return Done{}, err
	}
	return Done{Outcome: care.Applied}, t.append(care.Event{Type: care.ClockSet, By: by.Person(), At: said.Before, Data: said}, 0, actorRow)
}

// ClockWentBack is called when the clock was set back: a session that was used in what is
// the future now would otherwise stay good until then, and 30 days.
func (d *DB) ClockWentBack(ctx context.Context) error {
	return d.submit(ctx, func(t *tx) error { return t.seenUntil(d.now().UnixMilli()) })
}

func (t *tx) seenUntil(now int64) error {
	return t.exec(`UPDATE sessions SET last_seen = ? WHERE last_seen > ? AND revoked_at IS NULL`, now, now)
}
