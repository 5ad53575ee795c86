/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Everybody who answers a call of a guest: dispatch is the one floor that knows
 * them all. See docs/architecture.md.
 */
#pragma once

#include "hf/dispatch/debug.h"
#include "hf/ffa/console.h"
#include "hf/ffa/direct.h"
#include "hf/ffa/mailbox.h"
#include "hf/ffa/memory.h"
#include "hf/ffa/notification.h"
#include "hf/ffa/partition_info.h"
#include "hf/ffa/run.h"
#include "hf/ffa/send2.h"
#include "hf/ffa/setup.h"
#include "hf/irq/paravirt.h"
#include "hf/psci/psci.h"
#include "hf/smc/policy.h"
