# Inlay. `make help` lists the targets; `sh conf/deps` installs what they need.

VERSION := 0.1.0
BUILD   ?= build
DESTDIR ?=
PREFIX  ?= /usr
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
# Debian's own: the one that sees Debian's python3-dkim.
PYTHON  ?= /usr/bin/python3

# Each of these goals is a build of its own in a folder of its own; that is
# why it stands alone on the command line.
VARIANT := $(filter check-asan check-tsan fuzz,$(MAKECMDGOALS))
ifneq ($(VARIANT),)
ifneq ($(MAKECMDGOALS),$(firstword $(VARIANT)))
$(error say "make $(firstword $(VARIANT))" by itself)
endif
endif
ifeq ($(VARIANT),check-asan)
BUILD   := build/asan
SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all
endif
ifeq ($(VARIANT),check-tsan)
BUILD   := build/tsan
SAN     := -fsanitize=thread
endif
ifeq ($(VARIANT),fuzz)
BUILD   := build/fuzz
CC      := $(CLANG)
SAN     := -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
endif
ifneq ($(VARIANT),)
OPT     := -O1 -g -fno-omit-frame-pointer
HARDEN  :=
LDHARDEN :=
# Sanitizers make gcc warn of what cannot happen; the plain build decides.
WERROR  :=
# Sanitizers are slow; Check ends a test after four seconds otherwise.
export CK_TIMEOUT_MULTIPLIER := 10
endif

# V=1 shows the commands.
say     = $(if $(V),,@echo "  $(1)" &&)

OPT     ?= -O2 -g
WERROR  ?= -Werror
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef \
	-Wimplicit-fallthrough -Wswitch-enum $(WERROR)
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection -fPIE
LDHARDEN ?= -pie -Wl,-z,relro,-z,now
SAN     ?=
CPPFLAGS := -I. -D_POSIX_C_SOURCE=200809L -DINLAY_VERSION='"$(VERSION)"'
CFLAGS  := -std=c11 $(OPT) $(WARN) $(HARDEN) $(SAN) -pthread
LDFLAGS := $(LDHARDEN) $(SAN) -pthread
# milter/sign/handover.c wraps three calls of libopendkim, so that a key is
# not parsed and a body not hashed for every signature; only a static
# library's calls can be wrapped. Without it, or with DKIM=shared, everything
# works with the shared one, and signs more slowly.
DKIM    ?= $(if $(wildcard $(shell \
	$(CC) -print-file-name=libopendkim.a)),static,shared)
ifeq ($(DKIM),static)
DKIMLIBS := -Wl,--wrap=PEM_read_bio_PrivateKey -Wl,--wrap=SHA256_Update \
	-Wl,--wrap=SHA256_Final -l:libopendkim.a -lbsd -ldb
else
DKIMLIBS := $(shell pkg-config --libs opendkim)
endif
LIBS    := -lmilter $(DKIMLIBS) -llmdb -lyaml -ljansson -lcsv \
	-lcrypto -lxxhash -lb2 -lidn2 -lunistring -lz -lzstd -lresolv -lm

# One library from everything but the two mains; daemon, command, tests,
# fuzzers and benches link that same library.
MAINS   := milter/main.c tools/main.c
SRCS    := $(filter-out $(MAINS),$(sort $(shell \
	find store milter tools -name '*.c')))
PAGE    := $(BUILD)/tools/measure/report_html
OBJS    := $(SRCS:%.c=$(BUILD)/%.o) $(PAGE).o
LIB     := $(BUILD)/libinlay.a
PROGS   := $(BUILD)/inlayd $(BUILD)/inlay

TESTS   := $(patsubst %.c,$(BUILD)/%,$(sort $(shell \
	find tests -name 'test_*.c')))
# Where there is one thread there is no race.
ifeq ($(VARIANT),check-tsan)
TESTS   := $(filter-out $(addprefix $(BUILD)/tests/,milter/mail/% \
	milter/decide/% milter/liquid/compile/% milter/liquid/filter/% \
	milter/liquid/html/% milter/liquid/value/% milter/liquid/test_% \
	store/record/% store/catalog/% tools/input/% tools/verb/%),$(TESTS))
endif
# The engine in memory, which only tests use.
KIT     := $(BUILD)/tests/libkit.a
KITOBJS := $(patsubst %.c,$(BUILD)/%.o,tests/store/engine/memory.c \
	tests/store/engine/shelf.c)
SUITES  := $(patsubst tests/suites/%.c,$(BUILD)/tests/%,$(wildcard tests/suites/*.c))
# What the tests of the daemon do to a store and no command would.
HELPERS := $(BUILD)/tests/put-entry $(BUILD)/tests/put-people
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
CHECKLIBS := -lcheck -lsubunit -lrt

.PHONY: all help deps demo check check-unit check-mta check-bombs check-faults \
	check-asan check-tsan check-long check-install fuzz bench bench-liquid bench-store \
	lint format install install-system uninstall dist deb clean suites \
	tests mutate FORCE
.SECONDARY:
.DELETE_ON_ERROR:

## make             the daemon, the command and the suites, in $(BUILD)
all: $(PROGS) $(SUITES) $(HELPERS)

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

# The words of every compilation and of every link: files that are written
# again only when the words change. Objects depend on the first; the library,
# and with it everything that links it, on the second.
$(BUILD)/compile.words: export WORDS := $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/link.words: export WORDS := $(CC) $(LDFLAGS) $(LIBS)
$(BUILD)/%.words: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$WORDS" | cmp -s - $@ || printf '%s\n' "$$WORDS" >$@

# Looks for every header in <> of the files $(1) and links with $(2): what this
# machine lacks is said once, and how to get it.
define probe
	@{ sed -n 's/^#include </#include </p' $(1) | sort -u | \
	    $(CC) $(CPPFLAGS) -E - >/dev/null && echo 'int main(void){return 0;}' | \
	    $(CC) -x c - $(LDFLAGS) -o $@ $(2); } 2>$@.said || { \
	    grep -E 'error|cannot find|not found' $@.said; \
	    echo 'Inlay is built from something that is not here; on Debian,' \
	        '"sh conf/deps" installs it.'; exit 1; } >&2
endef
$(BUILD)/libraries: $(BUILD)/compile.words $(BUILD)/link.words
	$(call probe,$(SRCS),$(LIBS))
$(BUILD)/test-libraries: $(BUILD)/libraries
	$(call probe,$(wildcard tests/*.h),$(CHECKLIBS))
$(TESTS:=.o): | $(BUILD)/test-libraries

$(BUILD)/%.o: %.c $(BUILD)/compile.words | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(call say,CC   $<) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The template of reports as a table of its lines; a string of C is short.
$(PAGE).c: tools/measure/report.html
	@mkdir -p $(@D)
	@{ echo 'extern const char *const report_html[];'; \
	    echo 'const char *const report_html[] = {'; \
	    sed 's/[\\"]/\\&/g; s/.*/"&\\n",/' $<; echo '0 };'; } >$@
$(PAGE).o: $(PAGE).c $(BUILD)/compile.words
	$(call say,CC   $<) $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB): $(OBJS) $(BUILD)/link.words
	@rm -f $@
	$(call say,AR   $@) ar rcs $@ $(OBJS)

$(BUILD)/inlayd: $(BUILD)/milter/main.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(BUILD)/inlay: $(BUILD)/tools/main.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(KIT): $(KITOBJS)
	@rm -f $@
	$(call say,AR   $@) ar rcs $@ $(KITOBJS)

$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(KIT) $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $^ $(CHECKLIBS) $(LIBS)

# One test breaks the encoder, to see the guard at work.
$(BUILD)/tests/milter/template/test_raw_tags: \
    LDFLAGS += -Wl,--wrap=part_reencode

$(SUITES): $(BUILD)/tests/%: $(BUILD)/tests/suites/%.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)
$(BUILD)/tests/decide-suite: $(patsubst %.c,$(BUILD)/%.o,$(wildcard \
	tests/suites/decide/*.c))

$(BUILD)/tests/put-entry: $(BUILD)/tests/mta/put_entry.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)
$(BUILD)/tests/put-people: $(BUILD)/tests/report/put_people.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

# Two daemons that are wrong on purpose, for check-faults to find out.
CONTROLS := $(BUILD)/tests/inlayd-late $(BUILD)/tests/inlayd-nosync
$(BUILD)/tests/inlayd-late: WRAP := -Wl,--wrap=engine_commit \
	-Wl,--wrap=engine_commit_within
$(BUILD)/tests/inlayd-nosync: WRAP := -Wl,--wrap=mdb_env_open
$(CONTROLS): $(BUILD)/tests/inlayd-%: $(BUILD)/tests/faults/%.o \
	$(BUILD)/milter/main.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) $(WRAP) -o $@ $^ $(LIBS)

$(BENCHES): $(BUILD)/%: $(BUILD)/%.o $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

# GMime is a judge and a yardstick of the mail layer, where it is installed.
GMIME   := $(shell pkg-config --exists gmime-3.0 2>/dev/null && echo gmime-3.0)
ifneq ($(GMIME),)
GMIME_FLAGS := -DHAVE_GMIME $(patsubst -I%,-isystem %,$(shell \
	pkg-config --cflags gmime-3.0))
$(BUILD)/tests/bench/bench_mail.o: CPPFLAGS += $(GMIME_FLAGS)
$(BUILD)/tests/bench/bench_mail: LIBS += $(shell pkg-config --libs gmime-3.0)
JUDGES  := $(BUILD)/tests/judge/gmime_judge
$(JUDGES).o: CPPFLAGS += $(GMIME_FLAGS)
$(JUDGES): $(JUDGES).o
	$(call say,LD   $@) $(CC) $(LDFLAGS) -o $@ $< \
	    $(shell pkg-config --libs gmime-3.0)
endif
JUDGES  += $(BUILD)/tests/mail-suite

## make deps          install what everything here needs: sh conf/deps
deps:
	@sh conf/deps

## make tests         build the test programs, run none; compile the benches
tests: $(TESTS) $(SUITES) $(JUDGES) $(HELPERS) $(BENCHES:=.o)
suites: $(SUITES)

# Real Postfix starts only as root.
# What reads the sources or installs them needs no sanitizer; what renders
# thousands of messages has its share of them in tests/fuzz; and what tries whole
# mail servers by the thousand copies asks inlayd nothing that others do not. Who
# looks for secrets in its memory would find the sanitizer's copies.
# The one that waits most of its time comes first, and the others beside it.
RUNS    := $(filter-out $(if $(SAN),tests/house/run tests/places/run \
	tests/install/run tests/readme/run),tests/mta/run \
	$(filter-out tests/mta/run,$(wildcard tests/*/run)))
LONG    := test_recipes:test_shop:test_doctor:test_sendmail:test_delivery
LONG    := $(LONG):UnderLoad:Secrets:every_canonicalisation:explains_each
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo -E )
ENV     := env BUILD=$(BUILD) \
	$(if $(SAN),WITHOUT=$(LONG)) \
	TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp

## make demo          eight people, one message, real Postfix
demo: $(PROGS)
	@$(AS_ROOT) $(ENV) $(PYTHON) conf/demo/run

## make check         unit tests, command line, milter protocol, real Postfix
check check-asan check-tsan: $(TESTS) $(PROGS) $(JUDGES) $(HELPERS)
	@$(ENV) tests/total 'sh tests/run $(TESTS)' \
	    'tests/total -j 2 $(foreach t,$(RUNS),"$(AS_ROOT)$(t)")'

## make check-unit    only the unit tests, all in build/tests
check-unit: $(TESTS) $(SUITES) $(PROGS)
	@sh tests/run $(TESTS)

## make check-mta     only the part of it that needs real Postfix
check-mta: $(PROGS) $(HELPERS)
	@$(AS_ROOT) $(ENV) tests/mta/run

## make check-asan    the same with AddressSanitizer and UBSan
## make check-tsan    the same with ThreadSanitizer

## make check-bombs   hostile templates: time, memory and steps as ratios
check-bombs: $(BUILD)/tests/liquid-suite $(PROGS)
	@$(PYTHON) tests/suites/bombs $< $(wildcard \
	    ../shared/liquid/bombs.py ../shared/liquid/bombs2.py)
	@$(ENV) $(PYTHON) tests/suites/mail_bombs

## make check-faults  kills, failing disks, power loss; takes some minutes
check-faults: $(PROGS) $(CONTROLS)
	@$(AS_ROOT) $(ENV) tests/faults/crash $(FAULTS)

## make check-long    for a night: what CI has no time for, and the benches
check-long:
	@tests/total '$(MAKE) fuzz FUZZ_SECONDS=600' '$(MAKE) check-faults' \
	    '$(MAKE) check-bombs' \
	    'tests/gate benches $(MAKE) bench bench-store'

## make check-install as root: packages and sources in a booted container
check-install:
	@$(AS_ROOT) $(PYTHON) tests/install/life

## make fuzz          each parser for FUZZ_SECONDS (60)
FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS)
	@$(ENV) tests/fuzz/all $(FUZZ_SECONDS) $(FUZZERS)

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(KIT) $(LIB)
	$(call say,LD   $@) $(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

## make bench         micro benches, then messages through Postfix
bench: $(BENCHES) $(PROGS)
	@set -e; for bench in $(BENCHES); do $$bench; done
	@$(ENV) $(PYTHON) tests/bench/check.py
	@$(AS_ROOT) $(ENV) $(PYTHON) tests/bench/mta.py

## make bench-store   the store alone: commits, lookups, a load of a million
bench-store: $(BUILD)/tests/bench/bench_store $(BUILD)/tests/bench/bench_scale
	@$<
	@$(BUILD)/tests/bench/bench_scale 10000000

## make bench-liquid  templates alone, beside other engines where to be had
MAIL    ?= $(firstword $(wildcard ../shared/liquid/email.liquid) \
	tests/data/bench/mail.liquid)
MAILDATA ?= $(firstword $(wildcard $(dir $(MAIL))data.json) \
	$(MAIL:.liquid=.json))
bench-liquid: $(BUILD)/tests/bench/bench_liquid
	@$(ENV) $(PYTHON) tests/bench/liquid_peers.py $< $(MAIL) $(MAILDATA)

## make mutate        MODULE=path/to/file.c: breaks it in small ways, prints
##                    what no test sees; N=100 SEED=1 AGAINST=tests/path/test_x
mutate: export CC := $(CC)
mutate: export CPPFLAGS := $(CPPFLAGS)
mutate: export CFLAGS := $(CFLAGS)
mutate: export LDFLAGS := $(LDFLAGS)
mutate: export LIBS := $(KIT) $(LIB) $(CHECKLIBS) $(LIBS)
mutate:
	@$(ENV) tests/mutate

## make lint          layers, banned functions, formatting, static analysis
lint:
	@tests/lint $(LINT)

# Another version formats otherwise.
FORMAT  ?= clang-format-14
## make format        what lint wants of the formatting, done
format:
	@find store milter tools tests -name '*.[ch]' -exec $(FORMAT) -i {} +

## make install       DESTDIR=… PREFIX=…
install: $(PROGS)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin \
	    $(DESTDIR)$(UNITDIR) $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d $(DESTDIR)$(SYSCONFDIR)/inlay \
	    $(DESTDIR)$(PREFIX)/share/doc/inlay
	install -m 755 $(BUILD)/inlay $(DESTDIR)$(PREFIX)/bin/inlay
	install -m 755 $(BUILD)/inlayd $(DESTDIR)$(PREFIX)/sbin/inlayd
	@set -e; for page in conf/man/*.[1-9]; do \
	    folder=$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
	    install -d $$folder; install -m 644 $$page $$folder; done
	install -d $(DESTDIR)$(SYSCONFDIR)/logrotate.d
	install -m 644 conf/logrotate.d/inlay $(DESTDIR)$(SYSCONFDIR)/logrotate.d
	[ -e $(DESTDIR)$(SYSCONFDIR)/inlay/inlay.conf ] || \
	    install -m 644 conf/inlay.conf $(DESTDIR)$(SYSCONFDIR)/inlay
	sed 's|@SBINDIR@|$(PREFIX)/sbin|' conf/systemd/inlayd.service \
	    >$(DESTDIR)$(UNITDIR)/inlayd.service
	sed 's|@BINDIR@|$(PREFIX)/bin|' conf/systemd/inlay-tidy.service \
	    >$(DESTDIR)$(UNITDIR)/inlay-tidy.service
	sed 's|@BINDIR@|$(PREFIX)/bin|' conf/systemd/inlay-sync.service \
	    >$(DESTDIR)$(UNITDIR)/inlay-sync.service
	install -m 644 conf/systemd/inlay-tidy.timer $(DESTDIR)$(UNITDIR)
	install -m 644 conf/sysusers.d/inlay.conf \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d
	install -m 644 conf/tmpfiles.d/inlay.conf \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
	$(BUILD)/inlay completion bash \
	    >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/inlay
	$(BUILD)/inlay completion zsh \
	    >$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_inlay
	install -m 644 README.md conf/NEWS $(DESTDIR)$(PREFIX)/share/doc/inlay
	install -d $(DESTDIR)$(PREFIX)/share/inlay
	cp -R conf/postfix conf/sendmail conf/prometheus \
	    $(DESTDIR)$(PREFIX)/share/inlay
	cp -R conf/demo $(DESTDIR)$(PREFIX)/share/doc/inlay
	rm $(DESTDIR)$(PREFIX)/share/doc/inlay/demo/run

## make install-system   that, and the account, the folders, the units are known
install-system: install
	systemd-sysusers $(PREFIX)/lib/sysusers.d/inlay.conf
	systemd-tmpfiles --create $(PREFIX)/lib/tmpfiles.d/inlay.conf
	@[ ! -d /run/systemd/system ] || systemctl daemon-reload

# What install puts into an empty folder is what there is to remove.
## make uninstall   stops inlayd; removes all but /etc/inlay and the store
uninstall:
	@[ -n "$(DESTDIR)" ] || [ ! -d /run/systemd/system ] || \
	    systemctl disable --now inlayd.service inlay-tidy.timer \
	        inlay-sync.service
	@rm -rf $(BUILD)/uninstall
	@$(MAKE) -s install DESTDIR=$(abspath $(BUILD)/uninstall)
	@cd $(BUILD)/uninstall && find . -path .$(SYSCONFDIR)/inlay -prune -o \
	    -type f -print | while read -r file; do \
	    rm -f "$(DESTDIR)/$$file"; done
	@rm -rf $(BUILD)/uninstall $(DESTDIR)$(PREFIX)/share/doc/inlay \
	    $(DESTDIR)$(PREFIX)/share/inlay
	@echo "$(SYSCONFDIR)/inlay, the store and the account inlay stay"

## make dist        build/inlay-VERSION.tar.gz of the last commit
ARCHIVE := $(BUILD)/inlay-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	@git archive --prefix=inlay-$(VERSION)/ HEAD | gzip -n9 >$(ARCHIVE).tar.gz
	@echo $(ARCHIVE).tar.gz

## make deb         a Debian package of it, there too
deb: dist
	@rm -rf $(ARCHIVE)
	@tar -C $(BUILD) -xzf $(ARCHIVE).tar.gz
	@mv $(ARCHIVE)/conf/debian $(ARCHIVE)/debian
	cd $(ARCHIVE) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
	    dpkg-buildpackage -us -uc -b
	@rm -rf $(ARCHIVE)

## make clean         remove build/
clean:
	rm -rf build

##
## Variables, as in make OPT=-O0 or make check BUILD=/tmp/build:
##   BUILD=build         where everything that is made goes
##   OPT="-O2 -g"        how to optimise; SAN= adds sanitizers, HARDEN=,
##                       LDHARDEN= and WERROR= (-Werror) may be emptied
##   CC=gcc              the compiler; CLANG=clang is the one of the fuzzers
##   V=1                 show the commands
##   DESTDIR= PREFIX=/usr SYSCONFDIR=/etc UNITDIR=    of install
##   LINT=--all          lint fails where one of its tools is not installed
##   FUZZ_SECONDS=60     of fuzz, for each parser
##   FAULTS="--quick"    words for check-faults, see tests/faults/crash
## One test: make build/tests/milter/mail/test_part && \
##   build/tests/milter/mail/test_part

-include $(OBJS:.o=.d) $(KITOBJS:.o=.d) $(MAINS:%.c=$(BUILD)/%.d) $(TESTS:=.d) \
	$(BENCHES:=.d) $(FUZZERS:=.d) $(SUITES:$(BUILD)/tests/%=$(BUILD)/tests/suites/%.d) \
	$(wildcard $(BUILD)/tests/suites/*/*.d $(BUILD)/tests/mta/*.d)
