# make        builds bin/aarogya, portals included
# make run    the demo clinic on http://localhost:8080
# make test   every test: Go with -race, portals, browsers
# make check  formatting, linters, types, translations, budgets, layers
# make bench  the figures of docs/performance.md
# make dist   release archives
# make selftest  the three kinds of Linux boxes try themselves, under QEMU

GO_FLAGS := -tags nomsgpack -trimpath
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LD_FLAGS := -s -w -X aarogya/app.Version=$(VERSION) -X aarogya/app.commitTime=$(shell git show -s --format=%ct 2>/dev/null)
GO_FILES := $(shell find . -name '*.go' -not -path './ui/node_modules/*') $(wildcard db/migrations/*.sql app/care/rules/*.json) go.mod go.sum
UI_FILES := $(shell find ui/src ui/public ui/scripts -type f 2>/dev/null) ui/index.html ui/package-lock.json ui/vite.config.ts

bin/aarogya: $(GO_FILES) ui/dist/index.html
	CGO_ENABLED=0 go build $(GO_FLAGS) -ldflags '$(LD_FLAGS)' -o $@ .

.PHONY: run ui test test-go test-ui test-browser selftest check bench dist chromium clean
run: bin/aarogya
	bin/aarogya serve --demo --data ./data/demo --http 127.0.0.1:8080

ui: ui/dist/index.html
ui/dist/index.html: ui/node_modules/.installed $(UI_FILES)
	cd ui && npm run --silent build
ui/node_modules/.installed: ui/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is missing: install it, then run make again"; exit 1; }
	cd ui && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.installed

test: test-go test-ui test-browser
test-go:
	@command -v gcc >/dev/null || { echo "gcc is missing: the race detector needs it (Debian: apt-get install gcc libc6-dev)"; exit 1; }
	go test -race -tags nomsgpack ./app/lan # alone: on the network a second is a second
	go test -race -tags nomsgpack ./...
test-ui: ui/node_modules/.installed
	cd ui && npm test --silent
test-browser: bin/aarogya chromium
	cd ui && AAROGYA_BIN=$(CURDIR)/bin/aarogya npm run --silent e2e
chromium:
	@scripts/chromium.sh

check: ui/dist/index.html
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet -tags nomsgpack ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 -tags nomsgpack ./...
	go test -tags nomsgpack -run 'TestLayers|TestOpenAPI' ./app
	cd ui && npm run --silent check && npm run --silent i18n && npm run --silent budget

selftest: ui/dist/index.html
	scripts/selftest.sh

bench:
	cd bench && go run . $(BENCH)

dist: ui/dist/index.html
	scripts/build.sh $(VERSION)

clean:
	rm -rf bin dist ui/node_modules ui/artefacts && find ui/dist -mindepth 1 ! -name .keep -delete
