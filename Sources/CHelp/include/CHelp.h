// The text that `help` reads, which is also the definition file for editors: a file in the program,
// which Swift cannot embed.
#pragma once
#include <stddef.h>

/// How many bytes the text has.
size_t chelp_length(void);

/// One byte of it; `position` counts from 0 and is less than the length.
unsigned char chelp_byte(size_t position);
