/* All blocks of a model for one token of every row, in one region: no thread sleeps, and no
 * Python runs, between its pieces. */
#include "parts.h"

#ifdef __AMX_BF16__

struct matrix {
    const bf16 *packed, *bias;
};

struct block {
    const bf16 *first_weight, *first_bias, *second_weight, *second_bias;
    struct matrix in, out, gate, up, down; /* without a gate: null */
    int64_t window;
    double scale;
};

struct shape {
    int64_t n_blocks, hidden, inner, n_queries, n_keys, width, activation;
    double eps;
};

struct group {
    const int64_t *slots;
    const bf16 *const *keys, *const *values; /* by block */
    int64_t n_slots, length, room;
};

struct rows {
    const int64_t *lengths;
    const bf16 *cosines, *sines;
    bf16 *const *keys, *const *values; /* by block */
    int64_t n, slot, head, n_groups;
};

struct space {
    bf16 *x, *normed, *heads, *attended, *gate, *inner;
    float *found, *log_sums;
};

static void multiply(const bf16 *x, struct matrix matrix, const bf16 *other, bf16 *out,
                     int64_t rows, int64_t depth, int64_t width, int64_t kind) {
    multiply_part(x, matrix.packed, matrix.bias, other, out, rows, depth, width, kind);
#pragma omp barrier
}

static void write_block(const struct block *block, int64_t number, const struct shape *shape,
                        const struct rows *rows, const struct group *groups,
                        const struct space *space) {
    const int64_t n = rows->n, hidden = shape->hidden, inner = shape->inner;
    const int64_t n_heads = shape->n_queries + 2 * shape->n_keys;
    const int64_t turns = shape->n_queries / shape->n_keys, width = shape->width;
    const float scale = (float)block->scale, eps = (float)shape->eps;
    bf16 *keys = rows->keys[number], *values = rows->values[number];
    norm_part(space->x, block->first_weight, block->first_bias, space->normed, n, hidden, eps);
    multiply(space->normed, block->in, 0, space->heads, n, hidden, n_heads * width, PLAIN);
    rope_and_store_kv_part(space->heads, rows->cosines, rows->sines, keys, values, rows->lengths, n,
                       shape->n_queries, shape->n_keys, width, rows->slot, rows->head);
    for (const struct group *group = groups; group < groups + rows->n_groups; group++)
        attend_prompt_part(space->heads, group->slots, rows->lengths, group->keys[number],
                           group->values[number], space->found, space->log_sums, group->n_slots,
                           n_heads, shape->n_keys, turns, width, group->length, group->room,
                           block->window, scale);
    attend_part(space->heads, keys, values, rows->lengths, rows->n_groups ? space->found : 0,
                space->log_sums, space->attended, n, shape->n_queries, shape->n_keys, width,
                rows->slot, rows->head, block->window, scale);
    multiply(space->attended, block->out, space->x, space->x, n, shape->n_queries * width, hidden,
             PLUS);
    norm_part(space->x, block->second_weight, block->second_bias, space->normed, n, hidden, eps);
    if (block->gate.packed) {
        multiply_part(space->normed, block->gate.packed, block->gate.bias, 0, space->gate, n,
                      hidden, inner, shape->activation);
        /* The same thread has written what it multiplies with. */
        multiply(space->normed, block->up, space->gate, space->inner, n, hidden, inner, TIMES);
    } else
        multiply(space->normed, block->up, 0, space->inner, n, hidden, inner, shape->activation);
    multiply(space->inner, block->down, space->x, space->x, n, inner, hidden, PLUS);
}

/* x, in ``space``: (rows, hidden), before and after; see the structures for the rest. */
void write_token(const struct block *blocks, const struct shape *shape, const struct rows *rows,
                 const struct group *groups, const struct space *space) {
#pragma omp parallel
    for (int64_t number = 0; number < shape->n_blocks; number++)
        write_block(blocks + number, number, shape, rows, groups, space);
}

#endif
