# make           builds everything into bin/
# make run       starts the toolkit on conf/local.conf and asks it a name
# make check     runs all tests; the last line is "N passed, N failed"
# make help      lists the rest
#
# Nothing here lists programs, classes or tests: a folder under src/ with a
# main.c is a program, tests/FOLDER/test_*.c are its unit tests.

CC ?= cc
OPTIMISE ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wcast-qual -Wshadow \
    -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
WERROR = -Werror
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2
CPPFLAGS += -Iinclude -Isrc -Itests -I$(build) -D_GNU_SOURCE
CFLAGS += -std=gnu11 $(OPTIMISE) $(HARDEN) $(WARNINGS)
LDFLAGS += -Wl,--as-needed

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= /usr/lib/systemd/system
SYSUSERSDIR ?= /usr/lib/sysusers.d

# SANITIZE=1 and FUZZ=1 build beside the normal programs, never over them.
build := build
bin := bin
ifdef SANITIZE
build := build/sanitize
bin := bin/sanitize
OPTIMISE = -O1 -g -fno-omit-frame-pointer
HARDEN = -fsanitize=address,undefined -fno-sanitize-recover=undefined
endif
ifdef FUZZ
CC = clang
build := build/fuzz
bin := build/fuzz/bin
OPTIMISE = -O1 -g -fno-omit-frame-pointer
HARDEN = -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=undefined
WERROR = -Wno-error
endif

# Libraries of all programs.  src/PROGRAM/libraries names those of one more,
# src/lib/libraries what tests of classes of lib need that not all use.
kit_libraries := libzmq libczmq libconfig ldns jansson
pkg_libs = $(shell pkg-config --libs $(1))
libraries_of = $(kit_libraries) \
    $(foreach f,$(wildcard src/$(1)/libraries),$(file <$(f)))

# A .proto beside the sources of a program is one of them (protobuf-c).
objects = $(patsubst %.c,$(build)/%.o,$(wildcard $(1))) \
    $(patsubst %.proto,$(build)/%.pb-c.o,$(wildcard $(1:.c=.proto)))
program_of = $(if $(filter ctl,$(1)),corednsctl,coredns-$(1))

folders := $(patsubst src/%/main.c,%,$(wildcard src/*/main.c))
programs := $(foreach f,$(folders),$(bin)/$(call program_of,$(f)))
tests := $(patsubst %.c,$(build)/%,$(wildcard tests/*/test_*.c))
tools := $(patsubst %.c,$(build)/%,$(wildcard tests/system/*.c))
fuzzers := $(patsubst %.c,$(build)/%,$(wildcard tests/fuzz/fuzz_*.c))
kit := $(build)/libcoredns.a
kit_objects := $(call objects,src/lib/*.c)

# The objects a test or fuzz target of that folder is linked with.
classes_of = $(filter-out $(build)/src/lib/% $(build)/src/$(1)/main.o,\
    $(call objects,src/$(1)/*.c))
# Folders of programs whose headers a source includes.
included_by = $(filter $(folders),\
    $(shell sed -n 's|^.include "\([a-z0-9-]*\)/.*|\1|p' $(1) | sort -u))

all: $(programs)

help:
	@echo 'all deps run check lint bench fuzz install uninstall clean'
	@echo 'SANITIZE=1 builds into bin/sanitize; FUZZ_SECONDS=n for fuzz;'
	@echo 'BENCH_LARGE=1 for bench; PREFIX= DESTDIR= for install'

.SECONDEXPANSION:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all help deps run check lint bench fuzz install uninstall clean \
    unit-tests fuzzers

$(build)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What is made of a .proto has a header, which others include.
$(build)/%.pb-c.c: %.proto
	@mkdir -p $(@D)
	protoc-c --c_out=$(build) $<

$(call objects,src/*/*.c tests/*/*.c): \
    | $(patsubst %.proto,$(build)/%.pb-c.c,$(wildcard src/*/*.proto))

$(build)/%.pb-c.o: $(build)/%.pb-c.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<

$(kit): $(kit_objects)
	@rm -f $@
	$(AR) rcs $@ $^

# A folder under src/ that has a main.c is a program; nothing lists them.
define link_program
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) \
	    $(call pkg_libs,$(call libraries_of,$(1))) -lm
endef

$(bin)/coredns-%: $$(call objects,src/$$*/*.c) $(kit)
	$(call link_program,$*)

$(bin)/corednsctl: $(call objects,src/ctl/*.c) $(kit)
	$(call link_program,ctl)

# tests/cache/test_store.c is linked with all of src/cache but its main().
$(build)/tests/%: $(build)/tests/%.o $(build)/tests/core_test.o \
    $$(call classes_of,$$(*D)) $(kit)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) \
	    $(call pkg_libs,$(call libraries_of,$(*D)) check) -lm

# Tools of the system tests stand alone.
$(tools): $(build)/tests/system/%: $(build)/tests/system/%.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -lm

# A fuzz target is linked with the classes of the programs whose headers it
# includes; without clang's fuzzer it replays the seeds (tests/fuzz/replay.c).
fuzz_driver := $(if $(FUZZ),,$(build)/tests/fuzz/replay.o)
$(fuzzers): $(build)/tests/fuzz/%: $(build)/tests/fuzz/%.o $(fuzz_driver) \
    $$(foreach f,$$(call included_by,tests/fuzz/$$*.c),\
    $$(call classes_of,$$f)) $(kit)
	$(CC) $(CFLAGS) $(if $(FUZZ),-fsanitize=fuzzer) $(LDFLAGS) -o $@ \
	    $(filter %.o %.a,$^) $(call pkg_libs,$(kit_libraries) \
	    $(foreach f,$(call included_by,tests/fuzz/$*.c),\
	    $(call libraries_of,$(f)))) -lm

unit-tests: $(tests) $(tools)
fuzzers: $(fuzzers)

deps:
	@scripts/deps build

run:
	@scripts/deps build run
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	@scripts/run

check:
	@scripts/deps build test lint
	@$(MAKE) --no-print-directory -s -j$$(nproc) all unit-tests fuzzers
	@tests/system/run $(build) $(bin)

lint:
	@scripts/deps build lint
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	@scripts/lint

bench:
	@scripts/deps build bench
	@$(MAKE) --no-print-directory -s -j$$(nproc) all unit-tests
	@scripts/bench

fuzz:
	@scripts/deps build lint
	@$(MAKE) --no-print-directory -s -j$$(nproc) FUZZ=1 fuzzers
	@scripts/fuzz

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(programs) $(DESTDIR)$(PREFIX)/bin
	set -e; for page in man/*.[0-9]; do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; \
	done
	set -e; for file in conf/*.conf conf/*.zone conf/Corefile; do \
	    install -D -m 644 $$file $(DESTDIR)$(PREFIX)/share/coredns/$${file##*/}; \
	done
	install -D -t $(DESTDIR)$(PREFIX)/share/coredns/exec conf/exec/*.sh \
	    conf/exec/*.py
	install -m 644 -t $(DESTDIR)$(PREFIX)/share/coredns/exec \
	    conf/exec/*.csv conf/exec/README.md
	install -D -m 644 conf/kubernetes/coredns.yaml \
	    $(DESTDIR)$(PREFIX)/share/coredns/kubernetes/coredns.yaml
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|@BIN@|$(PREFIX)/bin|; s|@CONF@|$(SYSCONFDIR)/coredns/coredns.conf|' \
	    conf/systemd/coredns.service \
	    >$(DESTDIR)$(UNITDIR)/coredns.service
	install -D -m 644 conf/systemd/coredns.sysusers \
	    $(DESTDIR)$(SYSUSERSDIR)/coredns.conf

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(programs)))
	for page in man/*.[0-9]; do \
	    rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; \
	done
	rm -rf $(DESTDIR)$(PREFIX)/share/coredns
	rm -f $(DESTDIR)$(UNITDIR)/coredns.service \
	    $(DESTDIR)$(SYSUSERSDIR)/coredns.conf

clean:
	rm -rf bin build

-include $(shell find $(build) -name '*.d' 2>/dev/null)
