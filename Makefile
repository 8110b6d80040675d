# Everything here is `swift build`, `swift test`, `swift package` or a script of this tree; the
# targets only string them together for a newcomer.
#
#   make demo    build, then show what it can do
#   make test    all tests
#   make build   the executables: .build/release/{mini,duhton,quantapy,quanta}
#   make bench   tables with medians and ratios against CPython
#   make bench-stm      transactions beside the GIL
#   make bench-python   quantapy beside CPython and every other Python that is found
#   make bench-ffi      calls of C functions beside C, libffi, ctypes and cffi
#   make check-replay   every example recorded and replayed
#   make check-races    threaded programs watched by ThreadSanitizer
#   make check-memory   programs that make garbage for ever; with a collection at every allocation
#   make prove-transactions   100 000 schedules of transactions, one atomic step at a time
#   make lint    formatting
#   make setup   the Debian packages that are missing
#
# Executables are linked with the static Swift library, which the testing library does not have;
# so tests are built in a folder of their own and neither build disturbs the other.

# Code that is only jumped to, as the instructions of an interpreter and their dispatch are, begins at multiples of
# 32 bytes: otherwise a change anywhere moves a loop across cache lines, and it takes a third longer (decision 27).

SWIFT ?= swift
ALIGNED = -Xswiftc -Xllvm -Xswiftc -align-all-nofallthru-blocks=5
RELEASE = -c release --static-swift-stdlib $(ALIGNED)
TESTS = --scratch-path .build-tests --disable-xctest

# The testing library walks the stack at each error that is thrown, and each quantum that is rolled back throws one.
export SWT_SWIFT_ERROR_BACKTRACING_ENABLED = 0

.PHONY: demo test build bench bench-stm bench-python bench-ffi lint format setup clean check-new-interpreter \
	check-replay check-races check-memory prove-transactions

demo: build
	@scripts/demo .build/release

build: setup
	@scripts/drop-stale-objects .build
	$(SWIFT) build $(RELEASE)

# First with assertions and the heap's own checks, then everything at full speed. Audits fork and compare all
# memory of the process: they get one of their own.
test: setup
	@scripts/drop-stale-objects .build-tests
	$(SWIFT) test $(TESTS) --filter '^(ManagedHeapTests|BackendTests)\.'
	$(SWIFT) test $(TESTS) -c release --filter AuditTests
	$(SWIFT) test $(TESTS) -c release --skip AuditTests

bench: build
	@scripts/drop-stale-objects Examples/Tally/.build Benchmarks/.build
	$(SWIFT) build $(RELEASE) --package-path Examples/Tally
	$(SWIFT) build $(RELEASE) --package-path Benchmarks
	python3 Benchmarks/bench.py

bench-stm: build
	@scripts/drop-stale-objects Benchmarks/.build
	$(SWIFT) build $(RELEASE) --package-path Benchmarks --product transactions
	python3 Benchmarks/transactions.py

bench-python: build
	python3 Benchmarks/python/bench.py

bench-ffi: setup
	@scripts/drop-stale-objects Benchmarks/.build
	$(SWIFT) build $(RELEASE) --package-path Benchmarks --product foreign-calls
	python3 Benchmarks/foreign/bench.py

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Interpreters Tests Plugins Examples Benchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Interpreters Tests Plugins Examples Benchmarks

# Makes an interpreter in a copy of the tree, as a newcomer would, and runs its tests.
check-new-interpreter: setup
	scripts/check-new-interpreter

# Every Mini and Duhton example, recorded on stm with 4 threads and replayed, 20 times.
check-replay: build
	scripts/check-replay .build/release 20 4

# Guest programs with several threads, watched by ThreadSanitizer. Its build takes a quarter of an hour.
check-races: setup
	@scripts/drop-stale-objects .build-races
	for program in mini duhton quantapy; do \
		$(SWIFT) build -c release --sanitize=thread --scratch-path .build-races --product $$program || exit 1; done
	scripts/check-races .build-races/release

# Memory of programs that make garbage, and collections at every few allocations.
check-memory: build
	scripts/check-memory .build/release
	scripts/stress-collector .build/release

# 100000 deterministic schedules of the transactions, and mistakes that must be noticed.
prove-transactions: setup
	scripts/prove-transactions 100000

setup:
	@scripts/setup

clean:
	rm -rf .build .build-tests .build-races Examples/*/.build Benchmarks/.build
