# hsasync
#
#   make build        a debug build of the command
#   make demo         the sample region on a private slapd: check, plan, apply, plan again, a refused plan
#   make demo-ombud   the ombuds' page with sample cards, and one whole order; HOLD=1 keeps it open for a browser
#   make test         all tests, on real servers
#   make test-browser the ombuds' page in chromium, with cards; screenshots into .build/browse
#   make test-389ds   the main-job suite against 389 Directory Server
#   make soak         the agent under load among faults, ten minutes (SOAK=3600: an hour); the laws over 400 worlds each
#   make lint         formatting, module rules, samples against their JSON Schemas
#   make bench        the benchmark, release build; BENCH="..." for its arguments
#   make install      command, systemd units, schemas, sample configuration, completions; PREFIX=/usr/local DESTDIR=
#   make completions  shell completions, into .build/completions
#   make packages     the Debian packages that the others need (each target installs what it lacks by itself)
#   make clean        what was built
#
# Debian 12, Swift 6.3. Nothing is left running.

# For how many seconds.
SOAK ?= 600
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
BENCH ?=

# The toolchain on PATH, else the one in /opt/swift.
SWIFT := $(shell command -v swift 2>/dev/null || ls /opt/swift/usr/bin/swift 2>/dev/null)
export PATH := $(PATH):/usr/sbin

BUILD_PACKAGES = libldap2-dev libsasl2-dev libsqlite3-dev pkg-config
SERVER_PACKAGES = slapd ldap-utils
TEST_PACKAGES = $(SERVER_PACKAGES) curl python3 python3-venv openssl libsasl2-modules-gssapi-mit krb5-kdc krb5-admin-server krb5-user systemd
# One module after the other: what computes for long in one does not keep the servers of another waiting.
TEST_MODULES = LDAPTests DirectoryTests ReconcilerTests AgentTests CommandTests
LINT_PACKAGES = python3 python3-yaml python3-jsonschema

.DEFAULT_GOAL := help
.PHONY: help build demo demo-ombud test test-browser test-389ds soak lint bench install completions packages clean swift

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

swift:
	@test -n "$(SWIFT)" || { echo "make: swift is neither on PATH nor in /opt/swift/usr/bin." \
	  "Install Swift 6.3: https://www.swift.org/install/linux" >&2; exit 69; }

build: swift
	@.ci/need $(BUILD_PACKAGES)
	$(SWIFT) build --product hsasync

demo: swift
	@.ci/need $(BUILD_PACKAGES) $(SERVER_PACKAGES)
	$(SWIFT) build --product hsasync
	@.ci/demo "$$($(SWIFT) build --show-bin-path)/hsasync"

demo-ombud: swift
	@.ci/need $(BUILD_PACKAGES) $(SERVER_PACKAGES) curl openssl python3
	$(SWIFT) build --product hsasync
	@.ci/demo-ombud "$$($(SWIFT) build --show-bin-path)/hsasync"

test: swift
	@.ci/need $(BUILD_PACKAGES) $(TEST_PACKAGES)
	$(SWIFT) build --build-tests
	@mkdir -p .build/printed; rm -f .build/printed/*
	@for module in $(TEST_MODULES); do echo "== $$module"; \
	  { HSASYNC_TEST_TRANSCRIPT=$(CURDIR)/.build/printed/transcript \
	    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 \
	    $(SWIFT) test --skip-build --filter "^$$module\\." 2>&1 || echo "$$module" >>.build/printed/failed; } | \
	    tee .build/printed/$$module.log; done; \
	  test ! -e .build/printed/failed || { grep -hE "✘|error: Exited|signal code" .build/printed/*.log | tail -40 >&2; \
	  echo "make: tests failed in" $$(cat .build/printed/failed) >&2; exit 1; }
	@/usr/bin/python3 .ci/check-output .build/printed/*

test-browser: swift
	@.ci/need $(BUILD_PACKAGES) $(SERVER_PACKAGES) curl openssl python3 chromium libnss3-tools
	$(SWIFT) build --product hsasync
	@.ci/demo-ombud --browse .build/browse "$$($(SWIFT) build --show-bin-path)/hsasync"

test-389ds: swift
	@.ci/need $(BUILD_PACKAGES) $(TEST_PACKAGES) 389-ds-base
	HSASYNC_TEST_389DS=1 $(SWIFT) test --filter 389

soak: swift
	@.ci/need $(BUILD_PACKAGES) $(TEST_PACKAGES)
	$(SWIFT) build --build-tests
	HSASYNC_SOAK=$(SOAK) $(SWIFT) test --skip-build --filter "An agent among faults"
	HSASYNC_SEEDS=1-400 $(SWIFT) test --skip-build --filter "[Tt]he law"
	HSASYNC_KILLS=200 $(SWIFT) test --skip-build --filter "A killed apply"

lint: swift
	@.ci/need $(LINT_PACKAGES)
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@/usr/bin/python3 .ci/check-modules
	@/usr/bin/python3 .ci/check-samples

bench: swift
	@.ci/need $(BUILD_PACKAGES) $(SERVER_PACKAGES)
	$(SWIFT) build -c release --product hsasync
	$(SWIFT) build -c release --product hsasync-bench
	"$$($(SWIFT) build -c release --show-bin-path)/hsasync-bench" $(BENCH)

completions: build
	@mkdir -p .build/completions
	@for shell in bash zsh fish; do \
	  "$$($(SWIFT) build --show-bin-path)/hsasync" --generate-completion-script $$shell \
	    >.build/completions/hsasync.$$shell || exit; done
	@echo .build/completions/hsasync.bash .build/completions/hsasync.zsh .build/completions/hsasync.fish

# The Swift runtime goes into the binary: the machine that runs it needs libldap and nothing else.
install: swift
	@.ci/need $(BUILD_PACKAGES)
	$(SWIFT) build -c release --product hsasync --static-swift-stdlib
	@.ci/install "$$($(SWIFT) build -c release --show-bin-path)/hsasync" \
	  "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)"

packages:
	@.ci/need $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)

clean:
	rm -rf .build
