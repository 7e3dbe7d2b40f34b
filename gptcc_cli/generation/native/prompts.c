/* Attention of many rows to the prompt they share, by the tile unit (Intel AMX).
 *
 * Sixteen queries go together: their products with the prompt's keys stand as columns, so that
 * the softmax is sixteen wide. A query's sums do not depend on the queries beside it. */
#include "parts.h"

#ifdef __AMX_BF16__

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 16
#define PAIR 32 /* what a tile holds in the direction that is summed over */
#define MASKED -1e30f

struct prompt {
    const bf16 *keys;   /* (kv heads, room, width), zeros after the prompt's end */
    const bf16 *values; /* (kv heads, width, room), the same */
    int64_t length, room;
};

static void shape_tiles(void) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape;
    memset(&shape, 0, sizeof shape);
    shape.palette = 1;
    for (int tile = 0; tile < 3; tile++) {
        shape.row_bytes[tile] = 64;
        shape.rows[tile] = SIDE;
    }
    _tile_loadconfig(&shape);
}

/* products: (room, 16) = keys (room, width) times queries, given in pairs (width / 2, 16, 2). */
static void multiply(const bf16 *left, int64_t stride, const bf16 *pairs, int64_t n_rows,
                     int64_t depth, float *products) {
    for (int64_t row = 0; row < n_rows; row += SIDE) {
        _tile_zero(0);
        for (int64_t step = 0; step < depth; step += PAIR) {
            _tile_loadd(1, left + row * stride + step, stride * 2);
            _tile_loadd(2, pairs + step * SIDE, SIDE * 4);
            _tile_dpbf16ps(0, 1, 2);
        }
        _tile_stored(0, products + row * SIDE, SIDE * 4);
    }
}

/* As ``fast_exp``, for sixteen numbers that are not above zero. */
INLINE __m512 fast_exps(__m512 x) {
    const __m512 turns = _mm512_mul_ps(_mm512_max_ps(x, _mm512_set1_ps(-87.0f)),
                                       _mm512_set1_ps(1.44269504088896341f));
    const __m512 whole = _mm512_roundscale_ps(turns, 0);
    const __m512 rest =
        _mm512_mul_ps(_mm512_sub_ps(turns, whole), _mm512_set1_ps(0.693147180559945309f));
    __m512 series = _mm512_set1_ps(1.0f / 5040.0f);
    const float factors[] = {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f, 0.5f, 1, 1};
    for (int i = 0; i < 7; i++) series = _mm512_fmadd_ps(series, rest, _mm512_set1_ps(factors[i]));
    return _mm512_scalef_ps(series, whole);
}

/* Turn products (room, 16) into shares in pairs (room / 2, 16, 2), not yet divided by their sum. */
static void softmax_shares(const struct prompt *prompt, const int32_t *first, float scale,
                      float *products, bf16 *pairs, float *log_sum, float *inverse) {
    static const int16_t interleave[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                     8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    const __m512i order = _mm512_loadu_si512(interleave), start = _mm512_loadu_si512(first);
    const __m512 nothing = _mm512_set1_ps(MASKED), factor = _mm512_set1_ps(scale);
    __m512 most = nothing, sum = _mm512_setzero_ps();
    for (int64_t key = 0; key < prompt->room; key++) {
        float *place = products + key * SIDE;
        const __mmask16 seen = key >= prompt->length
                                   ? 0
                                   : _mm512_cmple_epi32_mask(start, _mm512_set1_epi32((int)key));
        const __m512 product =
            _mm512_mask_mul_ps(nothing, seen, _mm512_loadu_ps(place), factor);
        _mm512_storeu_ps(place, product);
        most = _mm512_max_ps(most, product);
    }
    /* Where a query sees nothing, everything hidden must still come out as zero. */
    const __m512 least = _mm512_max_ps(most, _mm512_set1_ps(MASKED / 2));
    for (int64_t key = 0; key < prompt->room; key += 2) {
        const float *place = products + key * SIDE;
        const __m512 even = _mm512_loadu_ps(place), odd = _mm512_loadu_ps(place + SIDE);
        const __m512 low = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(even, nothing, _CMP_GT_OQ),
                                               fast_exps(_mm512_sub_ps(even, least)));
        const __m512 high = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(odd, nothing, _CMP_GT_OQ),
                                                fast_exps(_mm512_sub_ps(odd, least)));
        sum = _mm512_add_ps(sum, _mm512_add_ps(low, high));
        const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(high, low);
        _mm512_storeu_si512(pairs + key * SIDE, _mm512_permutexvar_epi16(order, both));
    }
    float sums[SIDE], tops[SIDE];
    _mm512_storeu_ps(sums, sum);
    _mm512_storeu_ps(tops, most);
    for (int q = 0; q < SIDE; q++) {
        log_sum[q] = sums[q] > 0 ? tops[q] + logf(sums[q]) : MASKED;
        inverse[q] = sums[q] > 0 ? 1.0f / sums[q] : 0.0f;
    }
}

/* Put sixteen queries as columns, in pairs: (width / 2, 16, 2). */
INLINE void pack_queries(const bf16 *const *queries, int64_t width, bf16 *pairs) {
    for (int q = 0; q < SIDE; q++) {
        const uint32_t *from = (const uint32_t *)queries[q];
        uint32_t *to = (uint32_t *)pairs + q;
        for (int64_t i = 0; i < width / 2; i++) to[i * SIDE] = from[i];
    }
}

/* Attend to a prompt.
 *
 * heads: (rows, n_heads, width), queries first and dealt round-robin to kv heads; slots: the
 * rows that share this prompt; found: (rows, kv heads, turns, width) float32; log_sums: the same
 * without the last. Width is a multiple of 32. */
void attend_prompt_part(const bf16 *heads, const int64_t *slots, const int64_t *lengths,
                        const bf16 *keys, const bf16 *values, float *found, float *log_sums,
                        int64_t n_slots, int64_t n_heads, int64_t n_keys, int64_t turns,
                        int64_t width, int64_t length, int64_t room, int64_t window, float scale) {
    const int64_t n_queries = n_slots * turns, n_sets = (n_queries + SIDE - 1) / SIDE;
    bf16 *query = malloc((size_t)(width * SIDE) * sizeof(bf16));
    bf16 *pairs = malloc((size_t)(room * SIDE) * sizeof(bf16));
    float *products = malloc((size_t)(room * SIDE) * sizeof(float));
    float *result = malloc((size_t)(width * SIDE) * sizeof(float));
    shape_tiles();
#pragma omp for schedule(static)
    for (int64_t task = 0; task < n_keys * n_sets; task++) {
        const int64_t h = task / n_sets, set = task % n_sets * SIDE;
        const struct prompt prompt = {keys + h * room * width, values + h * width * room,
                                      length, room};
        const bf16 *queries[SIDE];
        int32_t first[SIDE];
        float log_sum[SIDE], inverse[SIDE];
        for (int q = 0; q < SIDE; q++) {
            const int64_t which = set + q < n_queries ? set + q : n_queries - 1;
            const int64_t row = slots[which / turns], turn = which % turns;
            const int64_t start = length + lengths[row] + 1 - window;
            queries[q] = heads + (row * n_heads + turn * n_keys + h) * width;
            first[q] = (int32_t)(start < 0 ? 0 : start > length ? length : start);
        }
        pack_queries(queries, width, query);
        multiply(prompt.keys, width, query, room, width, products);
        softmax_shares(&prompt, first, scale, products, pairs, log_sum, inverse);
        multiply(prompt.values, room, pairs, width, room, result);
        for (int q = 0; q < SIDE && set + q < n_queries; q++) {
            const int64_t row = slots[(set + q) / turns], turn = (set + q) % turns;
            const int64_t place = (row * n_keys + h) * turns + turn;
            log_sums[place] = log_sum[q];
            for (int64_t i = 0; i < width; i++)
                found[place * width + i] = result[i * SIDE + q] * inverse[q];
        }
    }
    _tile_release();
    free(query);
    free(pairs);
    free(products);
    free(result);
}

void attend_prompt(const bf16 *heads, const int64_t *slots, const int64_t *lengths,
                   const bf16 *keys, const bf16 *values, float *found, float *log_sums,
                   int64_t n_slots, int64_t n_heads, int64_t n_keys, int64_t turns, int64_t width,
                   int64_t length, int64_t room, int64_t window, float scale) {
#pragma omp parallel
    attend_prompt_part(heads, slots, lengths, keys, values, found, log_sums, n_slots, n_heads,
                       n_keys, turns, width, length, room, window, scale);
}

#endif
