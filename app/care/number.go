package care

import "fmt"

// dammTable is a totally anti-symmetric quasigroup: H. M. Damm, Total anti-symmetrische
// Quasigruppen, 2004. It finds every single wrong digit and every swapped pair.
var dammTable = [10]string{"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790"}

func damm(digits string) byte {
	interim := byte('0')
	for i := range len(digits) {
		interim = dammTable[interim-'0'][digits[i]-'0']
	}
	return interim
}

// ClinicNumber is the n-th number the box issues: six digits and a check digit, as
// people read them aloud: 12-3456-7. After 999,999 it grows a digit in the middle.
func ClinicNumber(n int64) string {
	digits := fmt.Sprintf("%06d", n)
	return digits[:2] + "-" + digits[2:] + "-" + string(damm(digits))
}
