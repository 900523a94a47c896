package realtime

import "math"

// frameScanner follows a client's bytes and tells where frames begin. melody shows whole
// messages only; what a client costs is in its frames: fragments, pings and pongs included.
// The zero value stands before the first frame. It judges nothing: reserved bits and
// opcodes, missing masks and lengths that could be shorter pass as they are.
type frameScanner struct {
	skip   uint64 // bytes of mask and payload still to come
	length uint64 // as much of it as was read
	first  byte   // fin, reserved bits, opcode
	mask   byte   // bytes the mask will take
	more   byte   // length bytes still to come
	stage  byte
}

const (
	atFirst = iota
	atSecond
	atLength
)

// scan takes the next bytes, however they are cut, and calls each once per frame, as soon
// as its length is known: before the payload, and maybe long before. A length with the
// forbidden highest bit comes as math.MaxInt64. It keeps none of p. An error of each ends
// the scan and is returned; there is no going on after it.
func (s *frameScanner) scan(p []byte, each func(opcode byte, fin bool, length int64) error) error {
	for len(p) > 0 {
		if s.skip > 0 {
			n := min(s.skip, uint64(len(p)))
			s.skip -= n
			p = p[n:]
			continue
		}
		b := p[0]
		p = p[1:]
		switch s.stage {
		case atFirst:
			s.first, s.stage = b, atSecond
			continue
		case atSecond:
			s.mask = b >> 7 * 4
			s.length, s.more, s.stage = 0, 0, atLength
			switch b &= 0x7f; b {
			case 126:
				s.more = 2
			case 127:
				s.more = 8
			default:
				s.length = uint64(b)
			}
		case atLength:
			s.length = s.length<<8 | uint64(b)
			s.more--
		}
		if s.more > 0 {
			continue
		}
		s.length = min(s.length, math.MaxInt64)
		s.skip, s.stage = s.length+uint64(s.mask), atFirst
		if err := each(s.first&0x0f, s.first&0x80 != 0, int64(s.length)); err != nil {
			return err
		}
	}
	return nil
}
