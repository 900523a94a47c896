package app

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// thisComputer is asked without a connection of our own: the kernel knows whether a time
// server keeps its clock, and forgets it as soon as somebody sets the clock by hand.
var thisComputer = hardware{
	ntp: func() bool {
		var t unix.Timex // no modes: only reads
		_, err := unix.Adjtimex(&t)
		return err == nil && t.Status&unix.STA_UNSYNC == 0
	},
	rtc: func() (time.Time, error) {
		chips, _ := filepath.Glob("/sys/class/rtc/rtc*/since_epoch")
		err := errors.New("no clock chip")
		for _, chip := range chips {
			var text []byte
			if text, err = os.ReadFile(chip); err != nil {
				continue
			}
			var seconds int64
			if seconds, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				return time.Unix(seconds, 0), nil
			}
		}
		return time.Time{}, err
	},
}
