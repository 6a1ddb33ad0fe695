# What there is to do here. Rust is assumed (rustup or a distribution's); what else is needed is fetched by the targets themselves.

SHELL := /bin/sh
CARGO ?= cargo
EMULATOR := localstack/emulator
PARLIAMENT := tests/parliament/lint
# Tools in Rust that are no part of a build, as they are pinned here.
TOOLS := $(CURDIR)/target/tools
CARGO_FUZZ := cargo-fuzz@0.13.2
CARGO_DENY := cargo-deny@0.20.2
FUZZ_TARGETS := eml evaluator meaning plan policy saved snapshot
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help bench build chaos demo deny fuzz test test-pure test-emulator test-all test-parliament check lint lint-deploy localstack localstack-stop

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the binary: target/debug/postroom
	$(CARGO) build --locked

demo: ## an emulated account: plan, apply, drift, apply
	@localstack/demo

test: test-pure test-emulator test-all test-parliament ## every test; needs Python 3.11 or 3.13, and no AWS account

test-pure: ## the pure half, without AWS's crates
	$(CARGO) test --locked --no-default-features --lib --test fuzz --test hostile

test-emulator: ## the emulator's own tests
	@$(EMULATOR) setup
	$(EMULATOR) test

test-all: ## all of Rust, the flows against the emulator among it
	@$(EMULATOR) setup
	$(CARGO) test --locked --no-fail-fast

chaos: ## every fault at every call of apply and destroy, with figures; hours (POSTROOM_CHAOS=I/N: a part)
	@$(EMULATOR) setup
	POSTROOM_CHAOS=$${POSTROOM_CHAOS:-whole} $(CARGO) test --locked --test chaos -- --nocapture --test-threads 1

fuzz: ## each target of fuzz/ for FUZZ_SECONDS (60); needs a nightly toolchain (FUZZ_TARGETS: some of them)
	@$(CARGO) +nightly --version > /dev/null 2>&1 || { \
		echo "make fuzz: no nightly toolchain: libFuzzer's instrumentation needs one. rustup toolchain install nightly --profile minimal" >&2; exit 1; }
	@test -x "$(TOOLS)/bin/cargo-fuzz" || $(CARGO) install --quiet --locked --root "$(TOOLS)" $(CARGO_FUZZ)
	@# No unsafe code of ours for the sanitizer to watch. What is new goes to fuzz/found, what breaks a law to fuzz/artifacts.
	@set -e; for target in $(FUZZ_TARGETS); do \
		dict=fuzz/dict/policy.dict; for own in plan eml; do if [ $$target = $$own ]; then dict=fuzz/dict/$$own.dict; fi; done; \
		mkdir -p fuzz/found/$$target; \
		PATH="$(TOOLS)/bin:$$PATH" $(CARGO) +nightly fuzz run --sanitizer none $$target fuzz/found/$$target fuzz/corpus/$$target -- \
			-dict=$$dict -max_len=16384 -rss_limit_mb=512 -timeout=5 -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1; \
	done

test-parliament: ## what the plans render to, read by a linter of IAM policies
	@$(PARLIAMENT) --self-test
	@# As the tests build it: a build without their dependencies would make all of AWS's crates once more.
	@$(CARGO) test --quiet --locked --no-run --test cli
	@$(PARLIAMENT) "$${CARGO_TARGET_DIR:-target}/debug/postroom" render

bench: ## measures, into docs/benchmarks.md (SECTIONS="diff instructions": some of it); a few minutes
	$(CARGO) run --release --locked --manifest-path benches/Cargo.toml -- $(SECTIONS)

check: lint ## what a change must pass before it is looked at
	$(CARGO) fmt --check
	$(CARGO) fmt --manifest-path benches/Cargo.toml --check

lint: ## clippy, warnings are errors
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --manifest-path benches/Cargo.toml --all-targets -- -D warnings

deny: ## the crates: known faults, licences, sources, what may not be among them (DENY="bans licenses sources": without the network)
	@test -x "$(TOOLS)/bin/cargo-deny" || $(CARGO) install --quiet --locked --root "$(TOOLS)" $(CARGO_DENY)
	PATH="$(TOOLS)/bin:$$PATH" $(CARGO) deny check $(DENY)

lint-deploy: ## the ready files of deploy/, each by its own linter
	@tests/deploy/lint --self-test
	@tests/deploy/lint

localstack: ## the emulator in the background; prints its endpoint
	@$(EMULATOR) setup
	@$(EMULATOR) start

localstack-stop: ## ends it
	@$(EMULATOR) stop
