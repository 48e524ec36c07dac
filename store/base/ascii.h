/*
 * What bytes are in ASCII, whatever the locale.
 */
#ifndef INLAY_BASE_ASCII_H
#define INLAY_BASE_ASCII_H

/* The value of a hex digit of either case, -1 for another byte. */
static inline int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

#endif
