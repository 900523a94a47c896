package care

// Device is a tablet that belongs to the clinic.
type Device struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Locked    bool    `json:"locked" doc:"after five wrong PINs; it needs an unlock or a new code"`
	Revoked   bool    `json:"revoked"`
	CreatedAt Instant `json:"createdAt"`
	LastSeen  Instant `json:"lastSeen" doc:"when somebody was last signed in on it, to five minutes; when it was enrolled, if nobody was"`
	People    []Ref   `json:"people" doc:"who has signed in on it, the latest first"`
}

// DeviceChange is what an admin may do to a tablet; nil = leave as it is.
type DeviceChange struct {
	Name   *string
	Revoke bool // for good: it can only be enrolled anew
	Unlock bool
}

// WrongPINs is how many in a row lock a tablet. The account goes on working elsewhere.
const WrongPINs = 5

// UsesPIN: those who see every case sign in with a passphrase wherever they are.
func (r Role) UsesPIN() bool { return r == CHW || r == ASHA }

// MayGiveCode reports whether u may give to a code to sign in with, once: an admin to
// everybody, and an ASHA to her CHWs. Only an admin's brings a new tablet into the clinic.
// Whom u may not know of is not there: ErrNotFound.
func (u User) MayGiveCode(to User) (enrols bool, err error) {
	switch {
	case !u.Active || !May(u.Role, GiveCode):
		return false, ErrForbidden
	case !to.Active:
		return false, ErrNotFound
	case u.Role == ASHA && (to.Role != CHW || to.Supervisor == nil || to.Supervisor.ID != u.ID):
		return false, ErrNotFound
	}
	return u.Role == Admin, nil
}

// NeedsPIN reports whether a person must choose a PIN when she uses a code: her first one,
// and a new one where the code was given for a tablet that was enrolled before.
func (r Role) NeedsPIN(hasPIN, deviceKnown bool) bool { return r.UsesPIN() && (!hasPIN || deviceKnown) }
