/* Products of a few rows with a large matrix of bfloat16, by the tile unit (Intel AMX).
 *
 * What takes time is reading the matrix, once per product. It lies in blocks of 32 columns, each
 * one stream of tiles: 16 pairs of rows by 16 columns. A row's sums are made in the same order
 * whatever the number of rows. Covers the operation that follows a product. */
#include "parts.h"

#ifdef __AMX_BF16__

#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <omp.h>

#define COLUMNS 32
#define ROWS 32
#define DEPTH 32
#define PREFETCH_BYTES 4096 /* bytes fetched ahead of the stream */
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA 18

/* Ask the kernel for the tile unit; 0 if this process may use it. */
int64_t open_tiles(void) { return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA); }

/* matrix: (width, depth); packed: (width rounded up to 32) * depth; depth a multiple of 32. */
void pack(const bf16 *matrix, bf16 *packed, int64_t width, int64_t depth) {
    const int64_t n_blocks = (width + COLUMNS - 1) / COLUMNS, n_steps = depth / DEPTH;
    const uint32_t *pairs = (const uint32_t *)matrix;
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < n_blocks; block++)
        for (int64_t step = 0; step < n_steps; step++) {
            uint32_t *tiles = (uint32_t *)packed + (block * n_steps + step) * 2 * 256;
            for (int64_t column = 0; column < COLUMNS; column++) {
                const int64_t row = block * COLUMNS + column;
                const uint32_t *from = pairs + (row * depth + step * DEPTH) / 2;
                uint32_t *to = tiles + column / 16 * 256 + column % 16;
                for (int64_t i = 0; i < 16; i++) to[i * 16] = row < width ? from[i] : 0;
            }
        }
}

static void shape_tiles(int upper, int lower) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape;
    memset(&shape, 0, sizeof shape);
    shape.palette = 1;
    for (int tile = 0; tile < 8; tile++) shape.row_bytes[tile] = 64;
    shape.rows[0] = shape.rows[1] = shape.rows[4] = (uint8_t)upper;
    shape.rows[2] = shape.rows[3] = shape.rows[5] = (uint8_t)(lower ? lower : 1);
    shape.rows[6] = shape.rows[7] = 16;
    _tile_loadconfig(&shape);
}

INLINE void prefetch(const char *stream) {
    for (int line = 0; line < 16; line++) _mm_prefetch(stream + PREFETCH_BYTES + line * 64, _MM_HINT_T0);
}

/* Sums of up to 32 rows and one block; ``two`` tells whether there are more than 16 rows. */
INLINE void sum_block(const bf16 *x, int64_t depth, const bf16 *block, int two, float *sums) {
    const int64_t stride = depth * 2;
    _tile_zero(0);
    _tile_zero(1);
    if (two) {
        _tile_zero(2);
        _tile_zero(3);
    }
    for (int64_t step = 0; step < depth / DEPTH; step++) {
        const char *stream = (const char *)(block + step * DEPTH * COLUMNS);
        _tile_loadd(4, x + step * DEPTH, stride);
        _tile_loadd(6, stream, 64);
        prefetch(stream);
        _tile_dpbf16ps(0, 4, 6);
        if (two) {
            _tile_loadd(5, x + 16 * depth + step * DEPTH, stride);
            _tile_dpbf16ps(2, 5, 6);
        }
        _tile_loadd(7, stream + 1024, 64);
        prefetch(stream + 1024);
        _tile_dpbf16ps(1, 4, 7);
        if (two) _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, COLUMNS * 4);
    _tile_stored(1, sums + 16, COLUMNS * 4);
    if (two) {
        _tile_stored(2, sums + 16 * COLUMNS, COLUMNS * 4);
        _tile_stored(3, sums + 16 * COLUMNS + 16, COLUMNS * 4);
    }
}

INLINE float apply_epilogue(int kind, float sum, float other) {
    if (kind == PLUS) return sum + other;
    if (kind == TIMES) return sum * other;
    if (kind == SILU) return sum / (1.0f + fast_exp(-sum));
    if (kind == GELU_TANH)
        return sum / (1.0f + fast_exp(-1.5957691216057308f * (sum + 0.044715f * sum * sum * sum)));
    if (kind == RELU) return sum > 0 ? sum : 0;
    return sum;
}

INLINE void write_row(int kind, const float *sums, const bf16 *bias, const bf16 *other, bf16 *out,
                      int64_t count) {
    for (int64_t i = 0; i < count; i++)
        out[i] = narrow(apply_epilogue(kind, sums[i] + (bias ? wide(bias[i]) : 0.0f),
                               other ? wide(other[i]) : 0.0f));
}

static void write_block(int kind, const float *sums, const bf16 *bias, const bf16 *other, bf16 *out,
                        int64_t rows, int64_t width, int64_t count) {
#define EACH_ROW(KIND)                                                                             \
    case KIND:                                                                                     \
        for (int64_t row = 0; row < rows; row++)                                                   \
            write_row(KIND, sums + row * COLUMNS, bias, other ? other + row * width : 0,           \
                      out + row * width, count);                                                   \
        break;
    switch (kind) {
        EACH_ROW(PLAIN)
        EACH_ROW(PLUS)
        EACH_ROW(TIMES)
        EACH_ROW(SILU)
        EACH_ROW(GELU_TANH)
        EACH_ROW(RELU)
    }
}

/* This thread's part of a product; every thread of a region takes one. */
void multiply_part(const bf16 *x, const bf16 *packed, const bf16 *bias, const bf16 *other,
                   bf16 *out, int64_t rows, int64_t depth, int64_t width, int64_t kind) {
    const int64_t n_blocks = (width + COLUMNS - 1) / COLUMNS;
    const int64_t worker = omp_get_thread_num(), n_workers = omp_get_num_threads();
    const int64_t last = n_blocks * (worker + 1) / n_workers;
    float sums[ROWS * COLUMNS] __attribute__((aligned(64)));
    int64_t shaped = 0;
    for (int64_t block = n_blocks * worker / n_workers; block < last; block++) {
        const int64_t column = block * COLUMNS;
        for (int64_t row = 0; row < rows; row += ROWS) {
            const int64_t count = rows - row < ROWS ? rows - row : ROWS;
            if (count != shaped)
                shape_tiles((int)(count < 16 ? count : 16), (int)(count > 16 ? count - 16 : 0));
            shaped = count;
            const bf16 *stream = packed + column * depth;
            if (count > 16) sum_block(x + row * depth, depth, stream, 1, sums);
            else sum_block(x + row * depth, depth, stream, 0, sums);
            write_block((int)kind, sums, bias ? bias + column : 0,
                        other ? other + row * width + column : 0, out + row * width + column,
                        count, width, width - column < COLUMNS ? width - column : COLUMNS);
        }
    }
    _tile_release();
}

/* x: (rows, depth); packed: by ``pack``; bias: (width,) or null; other and out: (rows, width),
 * and may be the same. */
void product(const bf16 *x, const bf16 *packed, const bf16 *bias, const bf16 *other, bf16 *out,
             int64_t rows, int64_t depth, int64_t width, int64_t kind) {
#pragma omp parallel
    multiply_part(x, packed, bias, other, out, rows, depth, width, kind);
}

#else

int64_t open_tiles(void) { return -1; }

#endif
