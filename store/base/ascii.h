/*
 * What bytes are in ASCII, whatever the locale, and bytes as hex digits.
 */
#ifndef INLAY_BASE_ASCII_H
#define INLAY_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, digits and the underscore. */
static inline bool
ascii_is_word(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

/* Blanks, tabs of both kinds, line feeds, form feeds, carriage returns. */
static inline bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* The value of a hex digit of either case, -1 for another byte. */
static inline int
hex_value(char digit)
{
	char lower = ascii_lower(digit);

	if (ascii_is_digit(digit))
		return digit - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The digit of the value's last four bits, small and capital. */
static inline char
hex_digit(unsigned value)
{
	return "0123456789abcdef"[value & 15];
}

static inline char
hex_capital(unsigned value)
{
	return "0123456789ABCDEF"[value & 15];
}

/* Two small digits for each byte, without an end. */
static inline void
hex_write(const unsigned char *bytes, size_t count, char *out)
{
	for (size_t i = 0; i < count; i++) {
		*out++ = hex_digit(bytes[i] >> 4);
		*out++ = hex_digit(bytes[i]);
	}
}

#endif
