package care

import (
	"encoding/json"
	"fmt"
	"time"
)

// Instant is a moment in Unix milliseconds, UTC. On the wire it is RFC 3339 with
// three decimals, always. It is told to people and orders nothing: seq orders.
type Instant int64

const (
	wireTime   = "2006-01-02T15:04:05.000Z"
	quotedTime = `"` + wireTime + `"`
)

// At is the instant of t, cut to the millisecond.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time is the instant as a time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

func (i Instant) String() string { return i.Time().Format(wireTime) }

func (i Instant) MarshalJSON() ([]byte, error) {
	// AppendFormat writes nine digits of the second before it cuts them to three.
	return i.Time().AppendFormat(make([]byte, 0, 40), quotedTime), nil
}

func (i *Instant) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("not an RFC 3339 time")
	}
	*i = At(t)
	return nil
}
