// Package ui holds the built portals. It knows nothing; src/ is where they are made.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Portal is what `make ui` built; without it, a folder with no index.html.
func Portal() fs.FS {
	portal, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only if "dist" were not a valid path
	}
	return portal
}
