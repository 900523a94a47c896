package care

import (
	"regexp"
	"strings"
	"unicode"
)

// aadhaarShape is twelve digits in a row, or in three groups of four.
var aadhaarShape = regexp.MustCompile(`\d{4}([ .\-]?)\d{4}([ .\-]?)\d{4}`)

// HoldsAadhaar reports whether a text a person typed holds an Aadhaar number: 12
// digits, the first 2 to 9, the last a Verhoeff check digit, alone or as 4-4-4, in any
// script's digits. A number behind "+" is a telephone, one that goes on as 2-4-4-4 an ABHA number. Never ask this of an id: the
// last group of a UUIDv7 is now and then 12 digits with a valid check digit.
func HoldsAadhaar(text string) bool {
	if len(text) < 12 {
		return false
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r): // invisible joiners
			return -1
		case unicode.Is(unicode.Nd, r):
			return '0' + digitValue(r)
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Pd, r):
			return '-'
		}
		return r
	}, text)
	for from := 0; from < len(plain); {
		at := aadhaarShape.FindStringSubmatchIndex(plain[from:])
		if at == nil {
			return false
		}
		start, end := from+at[0], from+at[1]
		sameGaps := plain[from+at[2]:from+at[3]] == plain[from+at[4]:from+at[5]]
		alone := (start == 0 || !isDigit(plain[start-1]) && plain[start-1] != '+') && (end == len(plain) || !isDigit(plain[end]))
		abha := start > 2 && plain[start-1] == '-' && plain[start+4] == '-' && isDigit(plain[start-2]) && isDigit(plain[start-3])
		if sameGaps && alone && !abha && plain[start] >= '2' && verhoeff(plain[start:end]) {
			return true
		}
		from = start + 1
	}
	return false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// digitValue is a decimal digit's value: Unicode lists the digits of every script in
// runs of ten from the script's zero.
func digitValue(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	return 0
}

// The Verhoeff scheme: J. Verhoeff, Error Detecting Decimal Codes, 1969: the
// multiplication of the dihedral group D5, and a permutation per position.
var (
	verhoeffTimes = [10]string{"0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
		"5987604321", "6598710432", "7659821043", "8765932104", "9876543210"}
	verhoeffShift = [8]string{"0123456789", "1576283094", "5803796142", "8916043527",
		"9453126870", "4286573901", "2793806415", "7046913258"}
)

// verhoeff reports whether the digits of s, whatever stands between them, end in their
// check digit.
func verhoeff(s string) bool {
	c, position := byte(0), 0
	for i := len(s) - 1; i >= 0; i-- {
		if !isDigit(s[i]) {
			continue
		}
		c = verhoeffTimes[c][verhoeffShift[position%8][s[i]-'0']-'0'] - '0'
		position++
	}
	return c == 0
}
