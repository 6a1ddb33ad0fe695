# What there is to do here. Rust is assumed (rustup or a distribution's); what else is needed is fetched by the targets themselves.

SHELL := /bin/sh
CARGO ?= cargo
EMULATOR := localstack/emulator
PARLIAMENT := tests/parliament/lint

.DEFAULT_GOAL := help
.PHONY: help bench build chaos demo test test-pure test-emulator test-all test-parliament check lint lint-deploy localstack localstack-stop

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the binary: target/debug/postroom
	$(CARGO) build --locked

demo: ## an emulated account: plan, apply, drift, apply
	@localstack/demo

test: test-pure test-emulator test-all test-parliament ## every test; needs Python 3.11 or 3.13, and no AWS account

test-pure: ## the pure half, without AWS's crates
	$(CARGO) test --locked --no-default-features --lib

test-emulator: ## the emulator's own tests
	@$(EMULATOR) setup
	$(EMULATOR) test

test-all: ## all of Rust, the flows against the emulator among it
	@$(EMULATOR) setup
	$(CARGO) test --locked --no-fail-fast

chaos: ## every fault at every call of apply and destroy, with figures; hours (POSTROOM_CHAOS=I/N: a part)
	@$(EMULATOR) setup
	POSTROOM_CHAOS=$${POSTROOM_CHAOS:-whole} $(CARGO) test --locked --test chaos -- --nocapture --test-threads 1

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

lint-deploy: ## the ready files of deploy/, each by its own linter
	@tests/deploy/lint --self-test
	@tests/deploy/lint

localstack: ## the emulator in the background; prints its endpoint
	@$(EMULATOR) setup
	@$(EMULATOR) start

localstack-stop: ## ends it
	@$(EMULATOR) stop
