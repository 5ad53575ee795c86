# SPDX-License-Identifier: BSD-3-Clause
# Builds into out/<plat>/<build>/: knobs, tools, flags, lists, rules, verbs.

# --- knobs ------------------------------------------------------------------
# make V=1 shows the commands; S=<scenario> T=<test> select
# make LIMITS="-DMAX_VMS=64 -DLOG_LEVEL=LOG_LEVEL_VERBOSE"
V ?= 0
LIMITS ?=
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SECONDARY .DELETE_ON_ERROR:
Q := $(if $(filter 1,$(V)),,@)
SHELL := /bin/bash

# --- tools ------------------------------------------------------------------
PYTHON := /usr/bin/python3
CROSS := aarch64-linux-gnu-
GCC := $(CROSS)gcc
HOST_CC := gcc
OBJCOPY := $(CROSS)objcopy
PY := PYTHONPATH=harness $(PYTHON)
OUT := out
CACHE := $(OUT)/cache
LIBFDT := $(CACHE)/arm64/lib/libfdt.a
BOARD := $(OUT)/qemu_virt
HOST := $(OUT)/host

# --- flags ------------------------------------------------------------------
WARN := -Wall -Wextra -Werror -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wimplicit-fallthrough -Wvla -Wshadow -Wundef \
	-Wpointer-arith -Wwrite-strings
INC := -Ihafnium/inc -Ihafnium/inc/vmapi -Ihftest/inc -Ihftest/src
COMMON := -std=gnu17 -g -fno-common $(WARN) $(INC) $(LIMITS)

GCC_INC = -nostdinc -isystem $(shell $(GCC) -print-file-name=include 2>/dev/null)
TARGET := $(COMMON) -Ihafnium/inc/aarch64 -O2 -ffreestanding -fpie \
	-fvisibility=hidden -mgeneral-regs-only -mstrict-align \
	-mno-outline-atomics -march=armv8-a -fno-omit-frame-pointer -ffunction-sections \
	-fdata-sections -fno-asynchronous-unwind-tables \
	-isystem hafnium/inc/libc -isystem $(CACHE)/arm64/include
CFLAGS_gcc = $(TARGET) $(GCC_INC) -fno-tree-loop-distribute-patterns \
	--param=case-values-threshold=5
CFLAGS_clang = $(TARGET) -nostdlibinc -Wno-unused-command-line-argument
CC_gcc := $(GCC)
CC_clang := clang --target=aarch64-linux-gnu
LDFLAGS = -nostdlib -static-pie $(HF_LTO) -Wl,--no-dynamic-linker \
	-Wl,-z,notext,-z,norelro,-z,max-page-size=4096,-z,noexecstack \
	-Wl,--gc-sections,--build-id=none,--no-apply-dynamic-relocs
LDFLAGS_gcc = $(LDFLAGS) -flto-partition=one -fipa-pta -Wl,--no-warn-rwx-segments
LDFLAGS_clang = $(LDFLAGS) -fuse-ld=lld -Wl,--icf=all

HOST_FLAGS := $(COMMON) -Ihafnium/inc/fake -Ihafnium/test -D_GNU_SOURCE \
	-pthread -fno-omit-frame-pointer
CFLAGS_asan := $(HOST_FLAGS) -O1 -fsanitize=address,undefined \
	-fno-sanitize-recover=all
CFLAGS_tsan := $(HOST_FLAGS) -O1 -fsanitize=thread $(or $(LIMITS),-DMAX_VMS=64)
CFLAGS_cov := $(HOST_FLAGS) -O0 --coverage -fprofile-update=atomic

# --- lists ------------------------------------------------------------------
include hafnium/hafnium.mk hftest/hftest.mk testvms/testvms.mk

# --- rules ------------------------------------------------------------------
define say
@printf '  %-8s %s\n' $(1) '$@'
endef

# A stamp holds the flags: changing one rebuilds.
# $(1) folder, $(2) compiler, $(3) flags
define compile_rules
$(1)/flags: FORCE
	@command -v $$(firstword $(2)) >/dev/null || \
		{ echo "error: no $$(firstword $(2)): run make setup"; exit 1; }
	$$(Q)mkdir -p $(1) && printf '%s\n' '$(2) $(3)' > $$@.new && \
	{ cmp -s $$@.new $$@ || mv $$@.new $$@; }; rm -f $$@.new

$(1)/%.c.o: %.c $(1)/flags Makefile hafnium/hafnium.mk
	$$(call say,CC)
	$$(Q)mkdir -p $$(@D) && $(2) $(3) $$(EXTRA) -MMD -MP -c $$< -o $$@

$(1)/%.S.o: %.S $(1)/flags $(1)/offsets.h Makefile
	$$(call say,AS)
	$$(Q)mkdir -p $$(@D) && $(2) $(3) -I$(1) -D__ASSEMBLY__ -MMD -MP \
		-c $$< -o $$@

$(1)/offsets.h: hafnium/src/arch/aarch64/offsets.c $(1)/flags
	$$(call say,OFFSETS)
	$$(Q)mkdir -p $$(@D) && set -o pipefail && \
		$(2) $(3) -MMD -MT $$@ -MF $$@.d -S $$< -o - | \
		sed -n 's/.*->\([A-Z0-9_]*\) [#$$$$]*\([0-9]*\).*/#define \1 \2/p' > $$@

$(1)/%.bin: $(1)/%.elf
	$$(call say,BIN)
	$$(Q)$(OBJCOPY) -O binary $$< $$@
endef

# $(1) ELF file, $(2) compiler name, $(3) linker script, $(4) objects
define link_rule
$(1): $(4) $(3)
	$$(call say,LD)
	$$(Q)mkdir -p $$(@D) && $$(CC_$(2)) $$(LDFLAGS_$(2)) -Wl,-T,$(3) \
		-Wl,-Map,$$@.map -o $$@ $$(filter %.o %.a,$$^)
endef

define hypervisor_rules
$(call compile_rules,$(BOARD)/$(1),$$(CC_$(1)),$$(CFLAGS_$(1)))
$(call hf_flags,$(BOARD)/$(1),$(HF_SIZE_$(1)),$(HF_SPEED_$(1)),$(HF_STRING_$(1)))
$(call link_rule,$(BOARD)/$(1)/hafnium.elf,$(1),hafnium/hafnium.ld,\
	$(addprefix $(BOARD)/$(1)/,$(addsuffix .o,$(HF_SRCS) $(HF_SRCS_AARCH64))))
BOARD_IMAGES += $(BOARD)/$(1)/hafnium.bin
endef

define board_rules
$(foreach vm,$(TESTVMS),$(call image_rules,$(1),$(vm),testvms/$(vm),\
	$(HFTEST_GUEST_SRCS)))
$(foreach img,$(EL2_IMAGES),$(call image_rules,$(1),$(img),el2,\
	$(HFTEST_GUEST_SRCS) $(EL2_HF_SRCS)))
BOARD_IMAGES += $(addprefix $(BOARD)/$(1)/,\
	$(foreach vm,$(TESTVMS),testvms/$(vm)/$(vm).bin) \
	$(foreach img,$(EL2_IMAGES),el2/$(img).bin))
endef

# $(1) compiler, $(2) name, $(3) folder under out/, $(4) sources beside its own
define image_rules
$(call link_rule,$(BOARD)/$(1)/$(3)/$(2).elf,$(1),hftest/guest.ld,\
	$(addprefix $(BOARD)/$(1)/,$(addsuffix .o,$(4) \
	$(wildcard testvms/$(2)/*.c testvms/$(2)/*.S))) $(LIBFDT))

endef

define host_rules
$(call compile_rules,$(HOST)/$(1),$(HOST_CC),$$(CFLAGS_$(1)))
$(HOST)/$(1)/hafnium/src/base/string.c.o: EXTRA := $(HOST_RENAME)
$(HOST)/$(1)/unit: $(addprefix $(HOST)/$(1)/,$(addsuffix .o,$(HF_SRCS) \
		$(HF_SRCS_FAKE) $(HF_TESTS) $(HFTEST_HOST_SRCS)))
	$$(call say,LD)
	$$(Q)$(HOST_CC) $$(CFLAGS_$(1)) -o $$@ $$^ -lfdt

endef

$(foreach cc,gcc clang debug,$(eval $(call hypervisor_rules,$(cc))))
$(foreach cc,gcc clang,$(eval $(call board_rules,$(cc))))
$(foreach build,asan tsan cov,$(eval $(call host_rules,$(build))))
-include $(shell find $(OUT) -name '*.d' -not -path '$(CACHE)/*' 2>/dev/null)

$(LIBFDT):
	$(Q)kokoro/setup.sh

# --- verbs ------------------------------------------------------------------
.DEFAULT_GOAL := all
.PHONY: FORCE setup all run test unit scenario repeat gdb bench coverage check format clean

setup: ## install what is missing (Debian packages, a Linux kernel); else nothing
	$(Q)kokoro/setup.sh

all: $(BOARD_IMAGES) ## hypervisor and test VMs, gcc and clang; hypervisor for debugging

run: $(foreach vm,$(VMS),$(BOARD)/gcc/testvms/$(vm)/$(vm).bin)
run: setup $(BOARD)/gcc/hafnium.bin ## boot Linux as the primary VM [VMS= KERNEL= INITRD= CPUS= GIC= MEM= APPEND=]
	$(Q)$(PY) -m hfh.run

test: setup ## everything: what ./kokoro/build.sh does
	$(Q)kokoro/build.sh

unit: $(HOST)/asan/unit $(HOST)/tsan/unit ## host unit tests under sanitizers [T=glob]
	$(Q)kokoro/unit.sh $(HOST) '$(T)'

scenario: all ## one scenario with a live console: S=<name> [T=<test>]
	$(Q)$(PY) -m hfh.live '$(S)' '$(T)'

repeat: all ## a scenario many times, how often it fails: S=<name> N=<rounds> [T=<test>]
	$(Q)$(PY) -m hfh.repeat '$(S)' '$(T)' 'N=$(N)'

gdb: all ## a test under gdb-multiarch, halted: S=<name> T=<test>
	$(Q)$(PY) -m hfh.gdb '$(S)' '$(T)'

bench: all ## cost of calls in instructions, from QEMU's icount
	$(Q)$(PY) -m hfh.bench

log-ring: ## the hypervisor's last log lines out of a memory dump: DUMP=file
	$(Q)$(PY) -m hfh.ring '$(DUMP)'

fuzz: ## libFuzzer on the host build: T=sequence, descriptor, calls or tree [TIME=60 seconds]
	$(Q)kokoro/fuzz.sh '$(T)' $(HF_SRCS) $(HF_SRCS_FAKE) $(HFTEST_HOST_SRCS)

coverage: $(HOST)/cov/unit ## lcov report in out/coverage/index.html [UPDATE=1 raises the minimum]
	$(Q)$(PYTHON) coverage/cover.py $(if $(UPDATE),--update)

check: ## style, floors, limits, spelling, types (20 s)
	$(Q)kokoro/check.sh

format: ## clang-format and black, in place
	$(Q)kokoro/format.sh

clean: ## remove what was built; downloads stay (offline builds go on)
	$(Q)mkdir -p $(OUT); find $(OUT) -mindepth 1 -maxdepth 1 -not -name cache -exec rm -rf {} +
distclean: ## remove out/ with the downloads
	$(Q)rm -rf $(OUT)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
