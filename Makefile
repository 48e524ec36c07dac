# Inlay. `make help` lists the targets; conf/deps installs what they need.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr
SYSCONFDIR ?= /etc
ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
PYTHON  ?= python3

OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef \
	-Wimplicit-fallthrough -Wswitch-enum -Werror
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection -fPIE
LDHARDEN ?= -pie -Wl,-z,relro,-z,now
SAN     ?=
CPPFLAGS := -I. -D_POSIX_C_SOURCE=200809L -DINLAY_VERSION='"$(VERSION)"'
CFLAGS  := -std=c11 $(OPT) $(WARN) $(HARDEN) $(SAN) -pthread
LDFLAGS := $(LDHARDEN) $(SAN) -pthread
LIBS    := -lmilter -lopendkim -llmdb -lcyaml -lyaml -lpcre2-8 -ljansson -lcsv \
	-lcrypto -lxxhash -lb2 -lidn2 -lz -lzstd -lm

# One library from everything but the two mains; daemon, command, tests,
# fuzzers and benches link that same library.
MAINS   := milter/main.c tools/main.c
DIRS    := store/base store milter/mail milter/liquid milter tools
SRCS    := $(filter-out $(MAINS),$(foreach d,$(DIRS),$(sort $(wildcard $(d)/*.c))))
OBJS    := $(SRCS:%.c=$(BUILD)/%.o)
LIB     := $(BUILD)/libinlay.a
PROGS   := $(BUILD)/inlayd $(BUILD)/inlay

TESTS   := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/*/test_*.c \
	tests/*/*/test_*.c)))
SUITES  := $(patsubst tests/suites/%.c,$(BUILD)/tests/%,$(wildcard tests/suites/*.c))
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
CHECKLIBS := -lcheck -lsubunit -lrt

.PHONY: all help deps demo check check-unit check-mta check-faults check-asan \
	check-tsan fuzz bench lint install clean suites tests
.SECONDARY:
.DELETE_ON_ERROR:

all: $(PROGS)

help:
	@sed -n 's/^## //p' Makefile

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(OBJS)
	@rm -f $@
	ar rcs $@ $(OBJS)

$(BUILD)/inlayd: $(BUILD)/milter/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(BUILD)/inlay: $(BUILD)/tools/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(CHECKLIBS) $(LIBS)

$(SUITES): $(BUILD)/tests/%: $(BUILD)/tests/suites/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(BENCHES): $(BUILD)/%: $(BUILD)/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

## make deps        install the Debian packages that everything here needs
deps:
	@sh conf/deps

suites: $(SUITES)
tests: $(TESTS) $(SUITES)

check-unit: $(TESTS) $(SUITES) $(PROGS)
	@sh tests/run $(TESTS)

## make lint        layers, banned functions, formatting, static analysis
lint:
	@sh tests/lint

clean:
	rm -rf build

-include $(OBJS:.o=.d) $(MAINS:%.c=$(BUILD)/%.d) $(TESTS:=.d) \
	$(BENCHES:=.d) $(SUITES:$(BUILD)/tests/%=$(BUILD)/tests/suites/%.d)
