/* Intel AMX's bfloat16 tiles in plain C, for processors without them: put before a source by
 * `-include`. Tiles belong to a thread. Covers what the kernels use; needs AVX-512 BF16 for the
 * rest of them. After the "Intel 64 and IA-32 Architectures Software Developer's Manual". */
#ifndef GPTCC_AMX_EMULATION_H
#define GPTCC_AMX_EMULATION_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define __AMX_BF16__ 1

struct emulated_tile {
    uint8_t rows;
    uint16_t row_bytes;
    uint8_t bytes[16][64];
};
static __thread struct emulated_tile emulated_tiles[8];

static inline float emulated_float(uint16_t bits) {
    union {
        uint32_t bits;
        float value;
    } whole = {.bits = (uint32_t)bits << 16};
    return whole.value;
}

static inline void emulated_config(const void *memory) {
    const uint8_t *config = memory;
    for (int tile = 0; tile < 8; tile++) {
        memcpy(&emulated_tiles[tile].row_bytes, config + 16 + 2 * tile, 2);
        emulated_tiles[tile].rows = config[48 + tile];
    }
}

static inline void emulated_load(int tile, const void *from, int64_t stride) {
    struct emulated_tile *t = emulated_tiles + tile;
    memset(t->bytes, 0, sizeof t->bytes);
    for (int row = 0; row < t->rows; row++)
        memcpy(t->bytes[row], (const char *)from + row * stride, t->row_bytes);
}

static inline void emulated_store(int tile, void *to, int64_t stride) {
    const struct emulated_tile *t = emulated_tiles + tile;
    for (int row = 0; row < t->rows; row++)
        memcpy((char *)to + row * stride, t->bytes[row], t->row_bytes);
}

static inline void emulated_dot(int sums, int left, int right) {
    struct emulated_tile *c = emulated_tiles + sums;
    const struct emulated_tile *a = emulated_tiles + left, *b = emulated_tiles + right;
    for (int row = 0; row < c->rows; row++)
        for (int pair = 0; pair < a->row_bytes / 4; pair++)
            for (int column = 0; column < c->row_bytes / 4; column++) {
                uint16_t x[2], y[2];
                float sum;
                memcpy(x, a->bytes[row] + 4 * pair, 4);
                memcpy(y, b->bytes[pair] + 4 * column, 4);
                memcpy(&sum, c->bytes[row] + 4 * column, 4);
                sum += emulated_float(x[0]) * emulated_float(y[0]);
                sum += emulated_float(x[1]) * emulated_float(y[1]);
                memcpy(c->bytes[row] + 4 * column, &sum, 4);
            }
}

#undef _tile_loadconfig
#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#undef _tile_release
#define _tile_loadconfig(config) emulated_config(config)
#define _tile_loadd(tile, from, stride) emulated_load(tile, from, stride)
#define _tile_stored(tile, to, stride) emulated_store(tile, to, stride)
#define _tile_zero(tile) memset(emulated_tiles[tile].bytes, 0, 16 * 64)
#define _tile_dpbf16ps(sums, left, right) emulated_dot(sums, left, right)
#define _tile_release() ((void)0)
#define syscall(...) 0 /* the kernel is not asked for the unit */

#endif
