/*
 * Tells AddressSanitizer which bytes of a block nobody may touch; in a build
 * without it there is nothing here but names.
 */
#ifndef INLAY_BASE_POISON_H
#define INLAY_BASE_POISON_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define INLAY_SEES_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INLAY_SEES_POISON 1
#endif
#endif

#ifdef INLAY_SEES_POISON
#include <sanitizer/asan_interface.h>
#endif

/* Whoever reads or writes these bytes is stopped, until poison_lift. */
static inline void
poison_lay(const void *at, size_t size)
{
#ifdef INLAY_SEES_POISON
	__asan_poison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

static inline void
poison_lift(const void *at, size_t size)
{
#ifdef INLAY_SEES_POISON
	__asan_unpoison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

#endif
