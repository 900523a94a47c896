package lan

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Without mDNS the box sends nothing, and still knows its addresses.
func TestStartWithoutMDNS(t *testing.T) {
	t.Parallel()
	certs, err := NewCertifier(testCA(t), DefaultName, time.Now, at(time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Start(ctx, Options{BoxID: "7f3a", NoMDNS: true, Certs: certs, OnAddrs: func([]Interface) { told++ }})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := certs.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(Addrs(p.Interfaces())) + 1; told != 1 || p.Name() != "aarogya.local" || len(leaf.Leaf.IPAddresses) != want {
		t.Errorf("told %d times, called %s, certified for %v", told, p.Name(), leaf.Leaf.IPAddresses)
	}
	p.SetClock("admin")
	cancel()
	p.Close()
	p.Close()
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for _, opt := range []Options{
		{BoxID: "7f3", NoMDNS: true},
		{BoxID: "7f3a", Name: "Aarogya.local", NoMDNS: true},
		{BoxID: "7f 3a 5", NoMDNS: true}, // would be part of a name
	} {
		if p, err := Start(t.Context(), opt); err == nil {
			p.Close()
			t.Errorf("%+v", opt)
		}
	}
	if _, err := Start(t.Context(), Options{BoxID: "7f3a", Name: "a b"}); !errors.Is(err, errName) {
		t.Error(err)
	}
}
