package app

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// The program tries itself, and leaves nothing behind.
func TestSelftest(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	out, code := runProgram(t, "", "selftest")
	if code != 0 || strings.Count(out, "\nok ") != 8 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	t.Setenv("TMPDIR", temp+"/not-there")
	if out, code := runProgram(t, "", "selftest"); code != 1 {
		t.Errorf("without a place for its data: exit code %d\n%s", code, out)
	}
}

// Each step that reads finds out when what it reads is not what was written.
func TestSelftestFindsLoss(t *testing.T) {
	ctx := context.Background()
	temp := t.TempDir()
	box := &trial{dir: temp + "/clinic", copied: temp + "/copy", portal: fstest.MapFS{}}
	defer box.close()
	for _, step := range []func(context.Context) error{box.open, box.employ, box.write, box.serve, box.trust} {
		if err := step(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := box.powerCut(ctx); err == nil || !strings.Contains(err.Error(), "0 messages") {
		t.Errorf("the message was never sent, and the copy has it: %v", err)
	}
	if err := box.restart(ctx); err == nil || !strings.Contains(err.Error(), "0 messages") {
		t.Errorf("the message was never sent, and it is there after a restart: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := selftest(stopped, io.Discard, fstest.MapFS{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a step that failed: %v", err)
	}
}
