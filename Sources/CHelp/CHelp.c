// The definition file of the module, embedded.

#include "CHelp.h"

// Clang has #embed in all modes, and says that it comes from C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char text[] = {
#embed "library/multiprocessing.lua"
};

size_t chelp_length(void) { return sizeof text; }

unsigned char chelp_byte(size_t position) { return text[position]; }
