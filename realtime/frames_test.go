package realtime

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

type header struct {
	opcode byte
	fin    bool
	length int64
}

// scanIn scans stream in pieces that end at cuts, and once more behind the last.
func scanIn(t testing.TB, stream []byte, cuts ...int) (seen []header) {
	t.Helper()
	var s frameScanner
	each := func(opcode byte, fin bool, length int64) error {
		seen = append(seen, header{opcode, fin, length})
		return nil
	}
	from := 0
	for _, to := range append(cuts, len(stream)) {
		if err := s.scan(stream[from:to], each); err != nil {
			t.Fatal(err)
		}
		from = to
	}
	return seen
}

func TestFrameScanner(t *testing.T) {
	t.Parallel()
	mask, body := "\x01\x02\x03\x04", func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		name, stream string
		want         []header
	}{
		{"nothing", "", nil},
		{"half a header", "\x81", nil},
		{"length to come", "\x81\xfe\x01", nil},
		{"empty text", "\x81\x80" + mask, []header{{1, true, 0}}},
		{"before its mask and payload", "\x81\x85", []header{{1, true, 5}}},
		{"two frames", "\x81\x85" + mask + "hello\x89\x81" + mask + "!", []header{{1, true, 5}, {9, true, 1}}},
		{"unmasked", "\x81\x05hello\x8a\x00", []header{{1, true, 5}, {10, true, 0}}},
		{"fragments around a ping", "\x01\x81" + mask + "a\x89\x80" + mask + "\x00\x80" + mask + "\x80\x81" + mask + "b",
			[]header{{1, false, 1}, {9, true, 0}, {0, false, 0}, {0, true, 1}}},
		{"125", "\x81\xfd" + mask + body(125) + "\x88\x80", []header{{1, true, 125}, {8, true, 0}}},
		{"126", "\x81\xfe\x00\x7e" + mask + body(126) + "\x88\x80", []header{{1, true, 126}, {8, true, 0}}},
		{"longer than need be", "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x02" + mask + "hi\x81\xfe\x00\x00" + mask + "\x88\x80",
			[]header{{1, true, 2}, {1, true, 0}, {8, true, 0}}},
		{"65535 and 65536", "\x82\xfe\xff\xff" + mask + body(65535) + "\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00" + mask + body(65536) + "\x88\x80",
			[]header{{2, true, 65535}, {2, true, 65536}, {8, true, 0}}},
		{"the largest", "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + mask + "\x81\x80", []header{{2, true, math.MaxInt64}}},
		{"larger than that", "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff" + mask + "\x81\x80", []header{{2, true, math.MaxInt64}}},
		{"reserved bits and opcode", "\xf3\x80" + mask + "\x81\x80", []header{{3, true, 0}, {1, true, 0}}},
	}
	for _, test := range tests {
		stream := []byte(test.stream)
		bytewise := make([]int, len(stream))
		for i := range bytewise {
			bytewise[i] = i
		}
		if got := scanIn(t, stream); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if got := scanIn(t, stream, bytewise...); !slices.Equal(got, test.want) {
			t.Errorf("%s, byte by byte: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestFrameScannerStopsAtAnError(t *testing.T) {
	t.Parallel()
	var s frameScanner
	enough, calls := errors.New("enough"), 0
	err := s.scan([]byte("\x89\x00\x89\x00\x89\x00"), func(byte, bool, int64) error {
		if calls++; calls == 2 {
			return enough
		}
		return nil
	})
	if err != enough || calls != 2 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestFrameScannerAllocatesNothing(t *testing.T) {
	var s frameScanner
	count := 0
	stream := bytes.Repeat([]byte("\x81\xfe\x00\x7e0123"+strings.Repeat("x", 126)), 50)
	each := func(byte, bool, int64) error { count++; return nil }
	if n := testing.AllocsPerRun(100, func() { s.scan(stream, each) }); n != 0 || count == 0 {
		t.Errorf("%v allocations, %d frames", n, count)
	}
}

// However the bytes are cut, the frames are the same.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x85\x01\x02\x03\x04hello\x89\x80\x01\x02\x03\x04"), []byte{1, 1, 3})
	f.Add([]byte("\x01\xfe\x00\x03mask123\x80\x7f\x00\x00\x00\x00\x00\x00\x00\x01x\x88\x00"), []byte{0, 2, 9})
	f.Add([]byte("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02"), []byte{5})
	f.Fuzz(func(t *testing.T, stream, steps []byte) {
		var cuts []int
		at := 0
		for _, step := range steps {
			at = min(at+int(step), len(stream))
			cuts = append(cuts, at)
		}
		whole, cut := scanIn(t, stream), scanIn(t, stream, cuts...)
		if !slices.Equal(whole, cut) {
			t.Fatalf("cut at %v: %v, whole: %v", cuts, cut, whole)
		}
		for _, h := range whole {
			if h.length < 0 || h.opcode > 15 {
				t.Fatalf("%+v", h)
			}
		}
	})
}
