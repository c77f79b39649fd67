/*
 * cpu.h - which instructions the processor has, as the C library found out before main()
 *
 * Asking again, as the compiler's run-time library and libcrypto do before
 * main(), takes longer than all else that the filter does with a small message
 * on a virtual machine, where each CPUID is a trap.
 */
#ifndef SPOOL_CPU_H
#define SPOOL_CPU_H

#include <features.h>

#if defined(__x86_64__) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 33)
#include <sys/platform/x86.h>
#define CPU_HAS(glibc_name, compiler_name) CPU_FEATURE_ACTIVE(glibc_name)
#endif
#endif
#if defined(__x86_64__) && !defined(CPU_HAS)
#define CPU_HAS(glibc_name, compiler_name) (__builtin_cpu_supports(compiler_name) != 0)
#endif

#endif
