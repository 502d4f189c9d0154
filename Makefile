# Everything here sets up what it needs, says what it installs, and works offline once set up.
.DEFAULT_GOAL := help
.PHONY: help demo test evidence vectors install install-python clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## three hospitals compute a joint study on real patients; writes demo-report.html
	@scripts/demo

test: ## every check: scripts/ci/run
	@scripts/ci/run

evidence: ## the security checks, longer, with their output kept in build/evidence/
	@scripts/evidence

vectors: ## write vectors/ again from its seeds
	@scripts/vectors generate

install: ## the C library, header, pkg-config and CMake files: make install PREFIX=/usr/local DESTDIR=
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

install-python: ## the Python package, into .venv
	@scripts/setup python
	@.venv/bin/pip install --quiet ./bindings/python
	@echo "installed: .venv/bin/python -c 'import veilkit'"

clean: ## what was built in the tree; installed tools stay
	rm -rf target fuzz/target fuzz/corpus fuzz/artifacts build .venv demo-report.html
