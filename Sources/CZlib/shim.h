// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#include <zlib.h>

// Macros in zlib.h, which Swift cannot call. 31 stands for the largest window and the gzip format.

static inline int czlib_begin_inflate(z_stream *stream) {
    return inflateInit2(stream, 31);
}

static inline int czlib_begin_deflate(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}
