/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm Firmware Framework for Arm A-profile (DEN0077A) 1.0-1.2 at the
 * non-secure virtual instance: ids, codes and versions.
 */
#pragma once

#include "hf/types.h"

#define FFA_ERROR UINT32_C(0x84000060)
#define FFA_SUCCESS UINT32_C(0x84000061)
#define FFA_SUCCESS_64 UINT32_C(0xc4000061)
#define FFA_INTERRUPT UINT32_C(0x84000062)
#define FFA_VERSION UINT32_C(0x84000063)
#define FFA_FEATURES UINT32_C(0x84000064)
#define FFA_RX_RELEASE UINT32_C(0x84000065)
#define FFA_RXTX_MAP UINT32_C(0x84000066)
#define FFA_MSG_POLL UINT32_C(0x8400006a)
#define FFA_MSG_WAIT UINT32_C(0x8400006b)
#define FFA_YIELD UINT32_C(0x8400006c)
#define FFA_RUN UINT32_C(0x8400006d)
#define FFA_MSG_SEND UINT32_C(0x8400006e)
#define FFA_RXTX_UNMAP UINT32_C(0x84000067)
#define FFA_ID_GET UINT32_C(0x84000069)

/** FF-A's part of the standard secure service range; bit 30 masked off. */
#define FFA_FIRST UINT32_C(0x84000060)
#define FFA_LAST UINT32_C(0x840000ef)

/** Codes in w2 of an FFA_ERROR frame, zero-extended. */
#define FFA_NOT_SUPPORTED (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY (-3)
#define FFA_BUSY (-4)
#define FFA_INTERRUPTED (-5)
#define FFA_DENIED (-6)
#define FFA_RETRY (-7)
#define FFA_ABORTED (-8)
#define FFA_NO_DATA (-9)
#define FFA_NOT_READY (-10)

#define FFA_VERSION_1_0 UINT32_C(0x00010000)
#define FFA_VERSION_1_1 UINT32_C(0x00010001)
#define FFA_VERSION_1_2 UINT32_C(0x00010002)
#define FFA_VERSION_MBZ UINT32_C(0x80000000)
