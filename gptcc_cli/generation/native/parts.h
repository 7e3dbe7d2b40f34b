/* One thread's part of each piece of a step, for a region of many pieces. Those that share out
 * rows end in a barrier; ``multiply_part`` does not. */
#ifndef GPTCC_PARTS_H
#define GPTCC_PARTS_H

#include "numbers.h"

enum { PLAIN, PLUS, TIMES, SILU, GELU_TANH, RELU };

void multiply_part(const bf16 *x, const bf16 *packed, const bf16 *bias, const bf16 *other,
                   bf16 *out, int64_t rows, int64_t depth, int64_t width, int64_t kind);
void attend_prompt_part(const bf16 *heads, const int64_t *slots, const int64_t *lengths,
                        const bf16 *keys, const bf16 *values, float *found, float *log_sums,
                        int64_t n_slots, int64_t n_heads, int64_t n_keys, int64_t turns,
                        int64_t width, int64_t length, int64_t room, int64_t window, float scale);
void norm_part(const bf16 *x, const bf16 *weight, const bf16 *bias, bf16 *out, int64_t rows,
               int64_t width, float eps);
void rope_and_store_kv_part(bf16 *heads, const bf16 *cosines, const bf16 *sines, bf16 *keys,
                        bf16 *values, const int64_t *lengths, int64_t rows, int64_t n_queries,
                        int64_t n_keys, int64_t width, int64_t slot, int64_t head);
void attend_part(const bf16 *heads, const bf16 *keys, const bf16 *values, const int64_t *lengths,
                 const float *found, const float *log_sums, bf16 *out, int64_t rows,
                 int64_t n_queries, int64_t n_keys, int64_t width, int64_t slot, int64_t head,
                 int64_t window, float scale);

#endif
