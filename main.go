// Aarogya is a clinic in a box: one binary shares one live list of cases with every
// tablet on the clinic's Wi-Fi.
package main

import (
	"os"

	"aarogya/app"
	"aarogya/ui"
)

func main() { os.Exit(app.Main(os.Args[1:], ui.Portal())) }
