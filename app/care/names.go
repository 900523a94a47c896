package care

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameKeys folds a name, in Latin letters or Devanagari, into one key per word, so that
// the spellings of one Indian name meet: Sunita, Suneeta and सुनीता are all "snt".
// Source: clinical page §4.1, matching.
func NameKeys(name string) []string {
	var keys []string
	for _, word := range strings.FieldsFunc(latin(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if honorifics[word] {
			continue
		}
		if key := nameKey(word); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

var honorifics = map[string]bool{"shri": true, "sri": true, "smt": true, "shrimati": true, "srimati": true, "shrimti": true, "kumari": true, "dr": true, "mr": true, "mrs": true, "ms": true}

// soundGroups replaces spellings of one sound, longest first, in one pass.
var soundGroups = strings.NewReplacer(
	"chh", "c", "ch", "c", "ksh", "ks", "x", "ks", "sh", "s", "ph", "f", "bh", "b", "dh", "d", "th", "t", "kh", "k", "gh", "g",
	"jh", "j", "z", "j", "gy", "g", "gn", "g", "dny", "g", "w", "v", "q", "k", "ck", "k", "y", "i")

func nameKey(word string) string {
	if word[0] >= '0' && word[0] <= '9' {
		return word
	}
	switch word {
	case "md", "mohd", "mohammad", "mohammed", "muhammad", "muhammed", "mohamad":
		return "mhmd"
	}
	// Vikas and Bikas, Yashoda and Jashoda are one name.
	switch {
	case strings.HasPrefix(word, "v"), strings.HasPrefix(word, "w"):
		word = "b" + word[1:]
	case strings.HasPrefix(word, "y"):
		word = "j" + word[1:]
	}
	folded := soundGroups.Replace(word)
	var key strings.Builder
	var last rune
	for i, r := range folded {
		if i > 0 && (strings.ContainsRune("aeiouh", r) || r == last) {
			if r != 'h' {
				last = r
			}
			continue
		}
		key.WriteRune(r)
		last = r
	}
	return nasals.Replace(key.String())
}

// nasals: before another consonant n and m are one sound (Champa, Chanpa).
var nasals = strings.NewReplacer("mp", "np", "mb", "nb", "mf", "nf")

// latin writes Devanagari in Latin letters and lowers everything. Other scripts stay
// as they are and match themselves.
func latin(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToLower(s)) {
		if i, ok := devanagari[r]; ok {
			b.WriteString(i)
		} else if r < 0x0900 || r > 0x097F {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// devanagari letters as they sound. The vowel a that a consonant carries is left out:
// keys drop vowels anyway.
var devanagari = map[rune]string{
	'अ': "a", 'आ': "a", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ए': "e", 'ऐ': "e", 'ओ': "o", 'औ': "o", 'ऋ': "r",
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'े': "e", 'ै': "e", 'ो': "o", 'ौ': "o", 'ृ': "ri", 'ं': "n", 'ँ': "n",
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'च': "ch", 'छ': "chh", 'ज': "j", 'झ': "jh", 'ट': "t", 'ठ': "th", 'ड': "d", 'ढ': "dh", 'ण': "n",
	'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n", 'प': "p", 'फ': "ph", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y", 'र': "r", 'ल': "l", 'व': "v",
	'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h", 'ळ': "l", '\u0958': "k", '\u0959': "kh", '\u095A': "g", '\u095B': "z", '\u095C': "r", '\u095D': "rh", '\u095E': "f",
	'०': "0", '१': "1", '२': "2", '३': "3", '४': "4", '५': "5", '६': "6", '७': "7", '८': "8", '९': "9",
}
