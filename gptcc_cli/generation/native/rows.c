/* What a step does row by row: RMS norms, rotary turns, and attention to what a row has written.
 *
 * Each row's numbers come out the same whatever rows are beside it. Sums are float32. */
#include "parts.h"

#include <sys/mman.h>

#define BLOCK 128 /* keys attended to at once */
#define FEW 4     /* rows that are not worth waking a thread for */

/* Ask for pages of 2 MB, where the system has them: half as many misses, a fifth of the time. */
void advise_huge_pages(char *start, int64_t bytes) {
#ifdef MADV_HUGEPAGE
    const int64_t page = 1 << 21;
    char *first = (char *)(((intptr_t)start + page - 1) / page * page);
    const int64_t whole = (start + bytes - first) / page * page;
    if (whole > 0) madvise(first, (size_t)whole, MADV_HUGEPAGE);
#endif
}

/* RMS norms, or with a bias layer norms: (rows, width). */
void norm_part(const bf16 *x, const bf16 *weight, const bf16 *bias, bf16 *out, int64_t rows,
               int64_t width, float eps) {
#pragma omp for schedule(static)
    for (int64_t row = 0; row < rows; row++) {
        const bf16 *from = x + row * width;
        float mean = 0, sum = 0;
        for (int64_t i = 0; bias && i < width; i++) mean += wide(from[i]);
        mean /= (float)width;
        for (int64_t i = 0; i < width; i++) sum += (wide(from[i]) - mean) * (wide(from[i]) - mean);
        const float scale = 1.0f / sqrtf(sum / (float)width + eps);
        for (int64_t i = 0; i < width; i++)
            out[row * width + i] = narrow((wide(from[i]) - mean) * scale * wide(weight[i]) +
                                          (bias ? wide(bias[i]) : 0.0f));
    }
}

void norm(const bf16 *x, const bf16 *weight, const bf16 *bias, bf16 *out, int64_t rows,
          int64_t width, float eps) {
#pragma omp parallel if (rows > FEW)
    norm_part(x, weight, bias, out, rows, width, eps);
}

/* Turn a row's queries and keys in place, and put its keys and values where the row ends.
 *
 * heads: (rows, queries + 2 * keys, width); cosines and signed sines: (rows, width), or null;
 * keys and values: a slot's and a head's stride are given, in elements. */
void rope_and_store_kv_part(bf16 *heads, const bf16 *cosines, const bf16 *sines, bf16 *keys,
                        bf16 *values, const int64_t *lengths, int64_t rows, int64_t n_queries,
                        int64_t n_keys, int64_t width, int64_t slot, int64_t head) {
    const int64_t half = width / 2, n_heads = n_queries + 2 * n_keys;
#pragma omp for schedule(static)
    for (int64_t row = 0; row < rows; row++) {
        bf16 *mine = heads + row * n_heads * width;
        for (int64_t h = 0; cosines && h < n_queries + n_keys; h++) {
            const bf16 *cosine = cosines + row * width, *sine = sines + row * width;
            bf16 *low = mine + h * width, *high = low + half;
            for (int64_t i = 0; i < half; i++) {
                const float a = wide(low[i]), b = wide(high[i]);
                low[i] = narrow(a * wide(cosine[i]) + b * wide(sine[i]));
                high[i] = narrow(b * wide(cosine[half + i]) + a * wide(sine[half + i]));
            }
        }
        for (int64_t h = 0; h < n_keys; h++) {
            const int64_t place = row * slot + h * head + lengths[row] * width;
            const bf16 *key = mine + (n_queries + h) * width, *value = key + n_keys * width;
            for (int64_t i = 0; i < width; i++) {
                keys[place + i] = key[i];
                values[place + i] = value[i];
            }
        }
    }
}

void rope_and_store_kv(bf16 *heads, const bf16 *cosines, const bf16 *sines, bf16 *keys, bf16 *values,
                   const int64_t *lengths, int64_t rows, int64_t n_queries, int64_t n_keys,
                   int64_t width, int64_t slot, int64_t head) {
#pragma omp parallel if (rows > FEW)
    rope_and_store_kv_part(heads, cosines, sines, keys, values, lengths, rows, n_queries, n_keys, width,
                       slot, head);
}

/* Queries of one row that share a key head: ``turns`` of them, ``stride`` elements stride. What
 * another attention of the same queries found is merged in, unless ``found`` is null. */
INLINE void attend_one(const int width, const int turns, const bf16 *queries, int64_t stride,
                       const bf16 *keys, const bf16 *values, int64_t n, float scale,
                       const float *found, const float *log_sums, bf16 *out) {
    float query[turns][width], total[turns][width], shares[turns][BLOCK], most[turns], sum[turns];
    for (int g = 0; g < turns; g++) {
        most[g] = -1e30f;
        sum[g] = 0;
        for (int i = 0; i < width; i++) {
            query[g][i] = wide(queries[g * stride + i]) * scale;
            total[g][i] = 0;
        }
    }
    for (int64_t start = 0; start < n; start += BLOCK) {
        const int count = n - start < BLOCK ? (int)(n - start) : BLOCK;
        for (int j = 0; j < count; j++) {
            /* Values are wanted next, and memory is slow to begin. */
            for (int i = 0; i < width; i += 32)
                __builtin_prefetch(values + (start + j) * width + i, 0, 2);
            for (int g = 0; g < turns; g++) {
                const bf16 *key = keys + (start + j) * width;
                float dot = 0;
#pragma omp simd reduction(+ : dot)
                for (int i = 0; i < width; i++) dot += query[g][i] * wide(key[i]);
                shares[g][j] = dot;
            }
        }
        for (int g = 0; g < turns; g++) {
            float top = most[g], part = 0;
#pragma omp simd reduction(max : top)
            for (int j = 0; j < count; j++) top = shares[g][j] > top ? shares[g][j] : top;
#pragma omp simd reduction(+ : part)
            for (int j = 0; j < count; j++) {
                shares[g][j] = fast_exp(shares[g][j] - top);
                part += shares[g][j];
            }
            const float fade = fast_exp(most[g] - top);
            most[g] = top;
            sum[g] = sum[g] * fade + part;
            for (int i = 0; i < width; i++) total[g][i] *= fade;
        }
        for (int j = 0; j < count; j++)
            for (int g = 0; g < turns; g++) {
                const bf16 *value = values + (start + j) * width;
#pragma omp simd
                for (int i = 0; i < width; i++) total[g][i] += shares[g][j] * wide(value[i]);
            }
    }
    for (int g = 0; g < turns; g++) {
        float theirs = 0;
        if (found) theirs = 1.0f / (1.0f + fast_exp(most[g] + logf(sum[g]) - log_sums[g]));
        const float mine = (1.0f - theirs) / sum[g];
        for (int i = 0; i < width; i++) {
            const float other = found ? found[g * width + i] * theirs : 0.0f;
            out[g * stride + i] = narrow(total[g][i] * mine + other);
        }
    }
}

/* Attend to the last ``window`` tokens of each row, itself included, and merge with ``found``.
 *
 * heads: as in ``rope_and_store_kv``, queries dealt round-robin to keys; lengths: tokens written
 * before this one; found: (rows, keys, turns, width) float32, or null; log_sums: the same without
 * the last. */
void attend_part(const bf16 *heads, const bf16 *keys, const bf16 *values, const int64_t *lengths,
                 const float *found, const float *log_sums, bf16 *out, int64_t rows,
                 int64_t n_queries, int64_t n_keys, int64_t width, int64_t slot, int64_t head,
                 int64_t window, float scale) {
    const int64_t n_heads = n_queries + 2 * n_keys, stride = n_keys * width;
    const int turns = (int)(n_queries / n_keys);
#pragma omp for schedule(static)
    for (int64_t task = 0; task < rows * n_keys; task++) {
        const int64_t row = task / n_keys, h = task % n_keys, end = lengths[row] + 1;
        const int64_t first = end > window ? end - window : 0;
        const int64_t place = row * slot + h * head + first * width;
        const bf16 *query = heads + (row * n_heads + h) * width;
        bf16 *to = out + (row * n_queries + h) * width;
        const float *theirs = found ? found + task * turns * width : 0;
        const float *theirs_log = found ? log_sums + task * turns : 0;
#define ATTEND(WIDTH, TURNS)                                                                       \
    attend_one(WIDTH, TURNS, query, stride, keys + place, values + place, end - first, scale,       \
               theirs, theirs_log, to)
        if (width == 64 && turns == 1) ATTEND(64, 1);
        else if (width == 64 && turns == 3) ATTEND(64, 3);
        else if (width == 64) ATTEND(64, turns);
        else ATTEND((int)width, turns);
    }
}

void attend(const bf16 *heads, const bf16 *keys, const bf16 *values, const int64_t *lengths,
            const float *found, const float *log_sums, bf16 *out, int64_t rows, int64_t n_queries,
            int64_t n_keys, int64_t width, int64_t slot, int64_t head, int64_t window,
            float scale) {
#pragma omp parallel
    attend_part(heads, keys, values, lengths, found, log_sums, out, rows, n_queries, n_keys, width,
                slot, head, window, scale);
}
