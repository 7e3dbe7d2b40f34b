/* What drawing a token needs of a row of logits: the greatest of them, and what normalises all.
 *
 * The greatest k lie in the k blocks with the greatest maxima, so that one look at the row and a
 * second at a few blocks finds them. Sums of a block are float32, their sum float64. */
#include "numbers.h"

#include <stdlib.h>

#define BLOCK 64

INLINE float largest_of(const bf16 *logits, int64_t count) {
    float most = -INFINITY;
#pragma omp simd reduction(max : most)
    for (int64_t i = 0; i < count; i++) most = wide(logits[i]) > most ? wide(logits[i]) : most;
    return most;
}

INLINE float sum_of_powers(const bf16 *logits, int64_t count, float most, float factor) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < count; i++) sum += fast_exp((wide(logits[i]) - most) * factor);
    return sum;
}

/* Put a number into a falling list of at most k; the first of equals stays first. */
INLINE int64_t insert(float *list, int64_t *places, int64_t held, int64_t k, float value,
                      int64_t place) {
    if (held == k && value <= list[k - 1]) return held;
    int64_t at = held < k ? held : k - 1;
    for (; at > 0 && list[at - 1] < value; at--) {
        list[at] = list[at - 1];
        places[at] = places[at - 1];
    }
    list[at] = value;
    places[at] = place;
    return held < k ? held + 1 : k;
}

static void scan_row(const bf16 *logits, float temperature, int64_t width, int64_t k, float *top,
                        int64_t *ids, float *log_sums, float *maxima) {
    const int64_t n_blocks = (width + BLOCK - 1) / BLOCK;
    int64_t held = 0;
    float most = -INFINITY;
    for (int64_t block = 0; block < n_blocks; block++) {
        const int64_t start = block * BLOCK, count = width - start < BLOCK ? width - start : BLOCK;
        const float mine = count == BLOCK ? largest_of(logits + start, BLOCK)
                                          : largest_of(logits + start, count);
        maxima[block] = mine;
        most = mine > most ? mine : most;
        held = insert(top, ids, held, k, mine, block);
    }
    const float least = held < k ? -INFINITY : top[k - 1];
    double sum = 0, tempered_sum = 0;
    held = 0;
    for (int64_t block = 0; block < n_blocks; block++) {
        const int64_t start = block * BLOCK, count = width - start < BLOCK ? width - start : BLOCK;
        const bf16 *from = logits + start;
        sum += count == BLOCK ? sum_of_powers(from, BLOCK, most, 1.0f)
                               : sum_of_powers(from, count, most, 1.0f);
        if (temperature != 1.0f)
            tempered_sum += count == BLOCK ? sum_of_powers(from, BLOCK, most, 1.0f / temperature)
                                  : sum_of_powers(from, count, most, 1.0f / temperature);
        for (int64_t i = 0; maxima[block] >= least && i < count; i++)
            if (wide(from[i]) >= least)
                held = insert(top, ids, held, k, wide(from[i]), start + i);
    }
    log_sums[0] = most + (float)log(sum);
    log_sums[1] = most / temperature + (float)log(temperature == 1.0f ? sum : tempered_sum);
}

/* logits: (rows, width); temperatures: (rows,); top and ids: (rows, k), falling; log_sums: (rows, 2):
 * the logarithm of the sum of exponentials of logits, and of logits over temperature. */
void top_k(const bf16 *logits, const float *temperatures, float *top, int64_t *ids, float *log_sums,
              int64_t rows, int64_t stride, int64_t width, int64_t k) {
#pragma omp parallel for schedule(static)
    for (int64_t row = 0; row < rows; row++) {
        float *maxima = malloc((size_t)(width / BLOCK + 1) * sizeof(float));
        scan_row(logits + row * stride, temperatures[row], width, k, top + row * k, ids + row * k,
                    log_sums + row * 2, maxima);
        free(maxima);
    }
}
