package care

import (
	"slices"
	"testing"
)

// TestNameKeys: spellings of one name meet, and different names do not.
func TestNameKeys(t *testing.T) {
	t.Parallel()
	same := [][]string{
		{"Sunita", "Suneeta", "SUNITA", "सुनीता", "Smt. Sunita", "श्रीमती सुनीता"}, {"Vikas", "Bikas", "Vikash", "विकास"}, {"Yashoda", "Jashoda", "यशोदा"},
		{"Lakshmi", "Laxmi", "लक्ष्मी"}, {"Choturam", "Chhoturam"}, {"Fatima", "Phatima"}, {"Bharat", "Barat", "भरत"}, {"Dhanraj", "Danraj"}, {"Khan", "Kan"},
		{"Ghanshyam", "Ganshyam"}, {"Zeenat", "Jeenat"}, {"Waris", "Varis"}, {"Iqbal", "Ikbal", "इक़बाल"}, {"Mohd Ali", "Md Ali", "Mohammad Ali", "Muhammed Ali"},
		{"Champa", "Chanpa"}, {"Anna", "Ana"}, {"Ramesh", "रमेश", "Shri Ramesh", "Dr Ramesh"},
	}
	for i, spellings := range same {
		want := NameKeys(spellings[0])
		if len(want) == 0 {
			t.Errorf("%s has no key", spellings[0])
		}
		for _, s := range spellings {
			if got := NameKeys(s); !slices.Equal(got, want) {
				t.Errorf("%s is %v, %s is %v", s, got, spellings[0], want)
			}
		}
		for _, other := range same[:i] {
			if slices.Equal(NameKeys(other[0]), want) {
				t.Errorf("%s and %s are one name: %v", other[0], spellings[0], want)
			}
		}
	}
	for _, nameless := range []string{"", "  ", "!?", "Dr."} {
		if got := NameKeys(nameless); len(got) != 0 {
			t.Errorf("%q has the keys %v", nameless, got)
		}
	}
}

func FuzzNameKeys(f *testing.F) {
	for _, seed := range []string{"Sunita Devi", "सुनीता देवी", "बसप्पा", "O'Brien", "ಬಸಪ್ಪ", "\xff", "a\u0301", "x1 2y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, key := range NameKeys(name) {
			if key == "" {
				t.Fatalf("%q has an empty key", name)
			}
		}
		if again := NameKeys(name); !slices.Equal(again, NameKeys("Shri "+name)) {
			t.Fatalf("%q: an honorific changes %v", name, again)
		}
	})
}
