# mailgraft
#
#   make            the programs, in build/
#   make demo       the main job, start to end, through a private Exim
#   make check      every test, sanitizer runs included
#   make lint       clang-format, clang-tidy, cppcheck, shellcheck, mandoc
#   make format     puts all C code into the one format
#   make fuzz       each fuzz target for FUZZ_SECONDS (30) in clang's libFuzzer; what it finds is in build/fuzz/
#   make bench      micro-benchmarks; results in build/bench/
#   make bench-spool  a night's run going into the spool, a million entries, many at once
#   make bench-run  the bulk run through a private Exim (N, SIZE, MODE)
#   make deps       the Debian packages that building and testing need
#   make install    PREFIX (/usr), DESTDIR
#   make clean
#
# BUILD=asan puts the same things, under ASan and UBSan, into build/asan/; BUILD=tsan, under TSan, into
# build/tsan/.

BUILD   ?= rel
PREFIX  ?= /usr
DESTDIR ?=
VERSION := 0.1.0

ifeq ($(BUILD),rel)
O := build
else
O := build/$(BUILD)
endif
OBJ := $O/obj

PKGS := gmime-3.0 libcrypto libssl libmagic yaml-0.1 libxxhash libidn2 jansson libcares
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) check 2>/dev/null))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wundef -Wformat=2 \
        -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wcast-qual \
        -Wconversion -Wimplicit-fallthrough -Wjump-misses-init -Wlogical-op \
        -Wduplicated-cond
CF := $(shell $(CC) -fcf-protection -E -x c /dev/null >/dev/null 2>&1 && echo -fcf-protection)

C.rel  := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
          -fstack-clash-protection -fPIE $(CF)
L.rel  := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
C.asan := -O1 -g -fno-omit-frame-pointer -fPIE \
          -fsanitize=address,undefined -fno-sanitize-recover=all
L.asan := -fsanitize=address,undefined -Wl,--as-needed
# For the test with threads.
C.tsan := -O1 -g -fno-omit-frame-pointer -fPIE -fsanitize=thread
L.tsan := -fsanitize=thread -Wl,--as-needed
C.fuzz := $(C.asan) -fsanitize=fuzzer-no-link -w
L.fuzz := -fsanitize=fuzzer,address,undefined -Wl,--as-needed

# Compiler lines are short; V=1 shows them whole. WERROR=1 (CI) lets no warning pass.
Q     := $(if $(V),,@)
say    = $(if $(V),,@printf '  %-5s %s\n' '$1' '$@')
WARN  += $(if $(WERROR),-Werror)

OURS := -std=c17 -D_GNU_SOURCE -DMAILGRAFT_VERSION='"$(VERSION)"' -I. $(WARN) \
        $(C.$(BUILD)) $(PKG_CFLAGS)
PIE  := -pie
# The filter starts once a message: there is nothing to load, and nothing to relocate by name.
SPIE := $(if $(filter rel,$(BUILD)),-static-pie,-pie)

# One archive a folder; a program takes from it only what it names. That is how
# the filter links mime/ and spool/ without GMime, libmagic and the rest.
lib      = $(OBJ)/$1.a
objects  = $(patsubst %.c,$(OBJ)/%.o,$(filter-out %-main.c,$(wildcard $1/*.c)))
FOLDERS := mime spool filter exim policy relay postfix cli
ARCHIVES := $(foreach f,$(FOLDERS),$(call lib,$f))

LIBS_filter := -l:libxxhash.a -l:libcrypto.a
LIBS_cli    := $(shell pkg-config --libs gmime-3.0 libcrypto libmagic yaml-0.1 libxxhash libidn2 jansson 2>/dev/null)
LIBS_relay  := $(shell pkg-config --libs libssl libcrypto yaml-0.1 libxxhash 2>/dev/null)
LIBS_policy := $(shell pkg-config --libs libcares yaml-0.1 libidn2 libpsl 2>/dev/null)
ifneq ($(BUILD),rel)
LIBS_filter := -lxxhash -lcrypto
endif

PROGRAMS := $O/mailgraft-filter $O/mailgraft $O/mailgraft-preflight $O/mailgraft-policyd \
            $O/mailgraft-relay
TESTS := $(patsubst tests/%.c,$O/tests/%,$(wildcard tests/test-*.c))
# What an end-to-end test needs beside the programs.
TOOLS := $(patsubst tests/%.c,$O/tests/%,$(wildcard tests/tool-*.c))
FUZZ  := $(patsubst tests/%.c,$O/tests/%,$(filter-out tests/fuzz-main.c,$(wildcard tests/fuzz-*.c)))
BENCH := $(patsubst bench/%.c,$O/bench/%,$(wildcard bench/bench-*.c)) \
         $O/bench/filter-without-checksum $O/bench/mailgraft-without-checksum \
         $O/bench/filter-without-sandbox

.PHONY: all programs tests benches deps demo fuzz fuzzers check lint format layers bench bench-spool bench-run install clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: programs
programs: $(PROGRAMS)
tests: $(TESTS) $(TOOLS) $(FUZZ)

$(OBJ)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define archive
$(call lib,$1): $(call objects,$1)
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive,$f)))

$O/mailgraft-filter: $(OBJ)/filter/filter-main.o $(call lib,filter) $(call lib,spool) $(call lib,mime)
	$(call say,LINK)
	$(Q)$(CC) $(SPIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_filter)

$O/mailgraft: $(OBJ)/cli/mailgraft-main.o $(call lib,cli) $(call lib,postfix) $(call lib,exim) $(call lib,filter) $(call lib,spool) $(call lib,mime)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_cli)

# Of exim/ it takes the queue's reader alone: it starts once a recipient.
$O/mailgraft-preflight: $(OBJ)/exim/preflight-main.o $(call lib,exim) $(call lib,filter) $(call lib,spool) $(call lib,mime)
	$(call say,LINK)
	$(Q)$(CC) $(SPIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_filter)

$O/mailgraft-policyd: $(OBJ)/policy/policyd-main.o $(call lib,policy)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_policy)

$O/mailgraft-relay: $(OBJ)/relay/relay-main.o $(call lib,relay) $(call lib,filter) $(call lib,spool) $(call lib,mime)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_relay)

$O/tests/test-%: $(OBJ)/tests/test-%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group \
	    $(LIBS_cli) $(LIBS_policy) $(LIBS_relay) $$(pkg-config --libs check)

$O/tests/tool-%: $(OBJ)/tests/tool-%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group \
	    $(LIBS_cli) $(LIBS_relay)

# libFuzzer brings its own main.
FUZZ_MAIN := $(if $(filter fuzz,$(BUILD)),,$(OBJ)/tests/fuzz-main.o)
$O/tests/fuzz-%: $(OBJ)/tests/fuzz-%.o $(FUZZ_MAIN) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $< $(FUZZ_MAIN) \
	    -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBS_cli) $(LIBS_policy) $(LIBS_relay)

$O/bench/bench-%: $(OBJ)/bench/bench-%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group \
	    $(LIBS_cli) -lssl -lcrypto -lm

# The programs less one thing, to measure what that thing costs.
$O/bench/filter-without-%: $(OBJ)/bench/without-%.o $(OBJ)/filter/filter-main.o $(call lib,filter) $(call lib,spool) $(call lib,mime)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SPIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_filter)

$O/bench/mailgraft-without-%: $(OBJ)/bench/without-%.o $(OBJ)/cli/mailgraft-main.o $(call lib,cli) $(call lib,exim) $(call lib,filter) $(call lib,spool) $(call lib,mime)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_cli)

benches: $(BENCH)

deps:
	.ci/packages build test

# Both work on a machine that has only git and make: the packages come first,
# then make is run again, since this file asks pkg-config when it is read.
demo:
	.ci/packages build demo
	+$(MAKE) programs
	tests/demo

check:
	.ci/packages build test
	+$(MAKE) programs tests layers
	+$(MAKE) BUILD=asan programs tests
	+$(MAKE) BUILD=tsan build/tsan/tests/test-threads
	tests/run

bench:
	.ci/packages build bench
	+$(MAKE) programs benches
	bench/micro

bench-spool:
	.ci/packages build
	+$(MAKE) programs
	bench/spool

# The bulk run takes its settings as N=, SIZE= and so on; bench/run says which.
bench-run:
	.ci/packages build bench
	+$(MAKE) programs benches
	bench/run $(foreach v,N SIZE MODE ROLL SHARED WIRE SAMPLE ROUNDS JOBS DIGEST PORT MINUTES,$(if $($v),$v=$($v)))

# The Exim files are put aside; mailgraft-exim-setup puts them where Exim reads them.
WATCH  := $(addprefix doc/watch/mailgraft-,counters munin nagios stuck-mail)
LIBDIR := $(PREFIX)/lib/mailgraft
SHARE  := $(PREFIX)/share
PLACED := s|/usr/lib/mailgraft|$(LIBDIR)|g; s|/usr/share|$(SHARE)|g

install: programs
	install -d $(addprefix $(DESTDIR),$(PREFIX)/bin $(PREFIX)/sbin $(LIBDIR) $(SHARE)/doc/mailgraft/exim $(SHARE)/doc/mailgraft/watch \
	    $(SHARE)/mailgraft/exim/debian $(SHARE)/mailgraft/exim/mailgraft $(PREFIX)/lib/systemd/system)
	install -m 755 $(wildcard $O/mailgraft) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(filter %filter %preflight,$(PROGRAMS)) $(DESTDIR)$(LIBDIR)
	$(if $(filter %policyd,$(PROGRAMS)),install -m 755 $O/mailgraft-policyd $(DESTDIR)$(PREFIX)/sbin)
	for f in doc/exim/mailgraft-exim-setup $(WATCH); do d=$(DESTDIR)$(LIBDIR)/$${f##*/}; \
	    sed '$(PLACED)' $$f >$$d && chmod 755 $$d || exit 1; done
	for f in doc/watch/*.service doc/watch/*.timer doc/spool/*.service doc/spool/*.timer; do \
	    sed '$(PLACED)' $$f >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${f##*/} || exit 1; done
	for f in doc/exim/debian/* doc/exim/mailgraft/*; do \
	    sed '$(PLACED)' $$f >$(DESTDIR)$(SHARE)/mailgraft/exim/$${f#doc/exim/} || exit 1; done
	for f in doc/exim/*.md doc/exim/*.conf doc/watch/README.md doc/watch/dashboard.svg doc/watch/logcheck; do \
	    sed '$(PLACED)' $$f >$(DESTDIR)$(SHARE)/doc/mailgraft/$${f#doc/} || exit 1; done
	install -m 644 README.md $(DESTDIR)$(SHARE)/doc/mailgraft
	for f in doc/*.[1-8]; do d=$(DESTDIR)$(SHARE)/man/man$${f##*.}; \
	    install -d $$d && install -m 644 $$f $$d || exit 1; done

# Who may include whom; what each folder may know of the outside.
layers: programs
	tests/layers

FUZZ_SECONDS ?= 30
fuzzers: $(FUZZ)
fuzz:
	+$(MAKE) BUILD=fuzz CC=clang fuzzers
	set -e; for t in build/fuzz/tests/fuzz-*; do n=$${t##*/}; mkdir -p build/fuzz/new/$$n; \
	    $$t -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/$$n- build/fuzz/new/$$n fixtures/fuzz/$$n; done

lint:
	.ci/packages build lint
	tests/lint

format:
	FORMAT=1 tests/lint

clean:
	rm -rf build

help:
	@sed -n '/^# mailgraft/,/^$$/s/^# \{0,1\}//p' Makefile

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
