package care

import (
	"strings"
	"testing"
)

// TestClinicNumber: a number read aloud wrongly in one digit, or with two neighbours
// exchanged, is never another patient's.
func TestClinicNumber(t *testing.T) {
	t.Parallel()
	digits := func(n int64) string { return strings.ReplaceAll(ClinicNumber(n), "-", "") }
	valid := func(s string) bool { return damm(s) == '0' }
	for n := int64(1); n < 1_000_000; n += 997 {
		d := digits(n)
		if len(d) != 7 || !valid(d) {
			t.Fatalf("%d is %s", n, ClinicNumber(n))
		}
		for i := range d {
			for wrong := byte('0'); wrong <= '9'; wrong++ {
				if wrong != d[i] && valid(d[:i]+string(wrong)+d[i+1:]) {
					t.Errorf("%s with digit %d read as %c passes", d, i, wrong)
				}
			}
			if i > 0 && d[i] != d[i-1] && valid(d[:i-1]+string(d[i])+string(d[i-1])+d[i+1:]) {
				t.Errorf("%s with digits %d and %d exchanged passes", d, i-1, i)
			}
		}
	}
	for n, want := range map[int64]string{1: "00-0001-", 123456: "12-3456-", 1_000_000: "10-00000-"} {
		if got := ClinicNumber(n); !strings.HasPrefix(got, want) || len(got) != len(want)+1 {
			t.Errorf("%d is %s", n, got)
		}
	}
}
