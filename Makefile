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
#   make deps       installs the Debian packages that building needs; deps-test: those of the tests, too
#   make install    PREFIX (/usr), DESTDIR; make uninstall
#   make deb        Debian packages, in build/deb/
#   make dist       the release as a tar file, in build/
#   make clean
#
# BUILD=asan puts the same things, under ASan and UBSan, into build/asan/; BUILD=tsan, under TSan, into
# build/tsan/.

BUILD   ?= rel
PREFIX  ?= /usr
DESTDIR ?=
VERSION := 0.2.0

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
LIBS_relay  := $(shell pkg-config --libs libssl libcrypto yaml-0.1 libxxhash libpsl 2>/dev/null)
LIBS_policy := $(shell pkg-config --libs libcares yaml-0.1 libidn2 libpsl 2>/dev/null) -lunistring
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

.PHONY: all programs tests benches deps deps-test demo fuzz fuzzers check lint format layers bench bench-spool bench-run install uninstall dist deb clean help
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

$O/bench/mailgraft-without-%: $(OBJ)/bench/without-%.o $(OBJ)/cli/mailgraft-main.o $(call lib,cli) $(call lib,postfix) $(call lib,exim) $(call lib,filter) $(call lib,spool) $(call lib,mime)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(PIE) $(L.$(BUILD)) $(LDFLAGS) -o $@ $^ $(LIBS_cli)

benches: $(BENCH)

deps:
	.ci/packages build

deps-test: deps
	.ci/packages demo test lint deb

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
	+$(MAKE) BUILD=tsan FOLDERS='mime spool filter' build/tsan/tests/test-threads
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

# What is installed and where: MODE:FILE:PLACE. "uninstall" reads the same list.
LIBDIR := $(PREFIX)/lib/mailgraft
SHARE  := $(PREFIX)/share
UNITS  := $(PREFIX)/lib/systemd/system
place   = $(foreach f,$2,$1:$f:$3/$(notdir $f))
DOC    := $(SHARE)/doc/mailgraft
PLACES := $(call place,755,$O/mailgraft,$(PREFIX)/bin) \
  $(call place,755,$O/mailgraft-policyd $O/mailgraft-relay,$(PREFIX)/sbin) \
  $(call place,755,$O/mailgraft-filter $O/mailgraft-preflight,$(LIBDIR)) \
  $(call place,755,doc/exim/mailgraft-exim-setup doc/exim/mailgraft-exim-test,$(LIBDIR)) \
  $(call place,755,$(addprefix doc/watch/mailgraft-,counters munin nagios stuck-mail),$(LIBDIR)) \
  $(call place,644,$(foreach d,spool watch systemd,$(foreach e,service timer socket,$(wildcard doc/$d/*.$e))),$(UNITS)) \
  $(foreach n,mailgraft mailgraft-policyd mailgraft-relay,644:doc/systemd/$n.sysusers:$(PREFIX)/lib/sysusers.d/$n.conf) \
  644:doc/systemd/mailgraft.tmpfiles:$(PREFIX)/lib/tmpfiles.d/mailgraft.conf \
  644:doc/mailgraft.bash-completion:$(SHARE)/bash-completion/completions/mailgraft \
  $(call place,644,$(wildcard doc/exim/debian/*),$(SHARE)/mailgraft/exim/debian) \
  $(call place,644,$(wildcard doc/exim/mailgraft/*),$(SHARE)/mailgraft/exim/mailgraft) \
  $(call place,644,doc/exim/released,$(SHARE)/mailgraft/exim) \
  $(foreach f,$(wildcard doc/*.[1-8]),$(call place,644,$f,$(SHARE)/man/man$(patsubst .%,%,$(suffix $f)))) \
  $(call place,644,README.md CHANGES.md SECURITY.md $(wildcard doc/*.md),$(DOC)) \
  $(call place,644,$(wildcard doc/exim/*.md doc/exim/mailgraft-*.conf doc/exim/single.conf),$(DOC)/exim) \
  $(call place,644,doc/spool/README.md,$(DOC)/spool) \
  $(call place,755,$(wildcard doc/spool/client.*),$(DOC)/spool) \
  $(call place,644,doc/watch/README.md doc/watch/dashboard.svg doc/watch/logcheck,$(DOC)/watch) \
  $(call place,644,doc/mailgraft.yaml,$(DOC)/examples) \
  $(call place,644,doc/policyd.yaml,$(DOC)-policyd/examples) \
  $(call place,644,doc/relay.yaml,$(DOC)-relay/examples) \
  $(call place,644,$(wildcard doc/postfix/*),$(DOC)-policyd/postfix) \
  $(call place,644,$(wildcard doc/primary/*),$(DOC)-policyd/primary) \
  $(call place,644,$(wildcard doc/exim/policy-*),$(DOC)-policyd/exim)
# Paths in scripts, units and documents follow PREFIX.
PLACED := s|/usr/lib/mailgraft|$(LIBDIR)|g; s|/usr/share|$(SHARE)|g; \
  s|/usr/bin/mailgraft|$(PREFIX)/bin/mailgraft|g; s|/usr/sbin/mailgraft|$(PREFIX)/sbin/mailgraft|g

install: programs
	@set -e; for p in $(PLACES); do \
	    mode=$${p%%:*}; p=$${p#*:}; from=$${p%%:*}; to=$(DESTDIR)$${p#*:}; \
	    install -d "$${to%/*}"; \
	    case $$from in \
	    $O/*) install -m $$mode "$$from" "$$to" ;; \
	    *) sed '$(PLACED)' "$$from" >"$$to.part"; chmod $$mode "$$to.part"; mv "$$to.part" "$$to" ;; \
	    esac; done

# Directories of ours that are then empty go, too. Spool and configuration stay.
uninstall:
	@for p in $(PLACES); do to=$(DESTDIR)$${p##*:}; rm -f "$$to"; \
	    case $$to in *mailgraft*/*) rmdir -p --ignore-fail-on-non-empty "$${to%/*}" 2>/dev/null || : ;; esac; done

# A release: the files that git has (in an unpacked release: all but build/), in an order, with
# times and owners that depend on the commit alone.
FILES := $(if $(wildcard .git),git ls-files -z,find . -path ./build -prune -o ! -type d -print0)
EPOCH  = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGES.md))
dist:
	@mkdir -p build
	$(FILES) | LC_ALL=C sort -z | tar --null -T - -c --format=ustar --mtime=@$(EPOCH) --owner=0 --group=0 \
	    --numeric-owner --mode=u=rwX,go=rX --transform 's,^\(\./\)\{0\,1\},mailgraft-$(VERSION)/,' | \
	    gzip -n9 >build/dist.$$$$ && mv build/dist.$$$$ build/mailgraft-$(VERSION).tar.gz
	@echo build/mailgraft-$(VERSION).tar.gz

# What is packed already from the same source is not built again.
deb: dist
	.ci/packages build deb
	cmp -s build/mailgraft-$(VERSION).tar.gz build/deb/built.tar.gz || { set -e; rm -rf build/deb; mkdir -p build/deb; \
	    tar -xzf build/mailgraft-$(VERSION).tar.gz -C build/deb; cd build/deb/mailgraft-$(VERSION); \
	    MAKEFLAGS= MAKEOVERRIDES= dpkg-buildpackage -b -us -uc -j$(shell nproc); \
	    cp ../../mailgraft-$(VERSION).tar.gz ../built.tar.gz; }
	@ls build/deb/*.deb

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
