package app

import (
	"os"
	"strings"
	"testing"
)

// A command in the wrong directory says so, and leaves nothing there that looks like a clinic.
func TestErrandWithoutClinic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	someone := map[string]string{"username": "meena", "name": "Meena", "role": "asha", "as": "vijay", "password": "meena-2026"}
	for _, e := range []errand{{Name: "user.list"}, {"user.add", someone}, {"token.create", map[string]string{"username": "meena"}}, {Name: "device.list"}} {
		if _, err := sendErrand(t.Context(), dir, e); err == nil || !strings.Contains(err.Error(), "there is no clinic in "+dir) || !strings.Contains(err.Error(), "--data") {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	first := map[string]string{"username": "vijay", "name": "Vijay", "role": "admin", "clinic": "PHC Rampur", "password": "a long passphrase"}
	if _, err := sendErrand(t.Context(), dir, errand{"user.add", first}); err != nil {
		t.Errorf("the first admin: %v", err)
	}
	if list, err := sendErrand(t.Context(), dir, errand{Name: "user.list"}); err != nil || !strings.Contains(list, "vijay") {
		t.Errorf("%q %v", list, err)
	}
	if _, err := sendErrand(t.Context(), dir, errand{"user.add", someone}); err != nil {
		t.Errorf("in an admin's name: %v", err)
	}
	someone["as"] = "meena"
	if _, err := sendErrand(t.Context(), dir, errand{"user.add", someone}); err == nil || !strings.Contains(err.Error(), "--as meena") {
		t.Errorf("in the name of an ASHA: %v", err)
	}
}
