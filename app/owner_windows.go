package app

// enterAsOwner: on Windows nobody but the owner runs commands on a clinic.
func enterAsOwner(dir string) (string, error) { return dir, nil }
