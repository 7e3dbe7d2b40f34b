/* bfloat16, and the two functions of real numbers that attention and activations need.
 *
 * Written so that a compiler turns loops over them into vector instructions. */
#ifndef GPTCC_NUMBERS_H
#define GPTCC_NUMBERS_H

#include <math.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

typedef uint16_t bf16;

INLINE float wide(bf16 x) {
    union {
        uint32_t bits;
        float value;
    } whole = {.bits = (uint32_t)x << 16};
    return whole.value;
}

/* To the nearest, ties to even. */
INLINE bf16 narrow(float x) {
    union {
        float value;
        uint32_t bits;
    } whole = {.value = x};
    return (bf16)((whole.bits + 0x7fffu + ((whole.bits >> 16) & 1u)) >> 16);
}

/* e to the x, relative error below 3e-7 from -87 to 87: 2 to a whole number, put into the
 * exponent's bits, times 2 to the rest by its Taylor series. */
INLINE float fast_exp(float x) {
    const float bounded = x < -87.0f ? -87.0f : x > 87.0f ? 87.0f : x;
    const float turns = bounded * 1.44269504088896341f;
    const float nearest = rintf(turns);
    const float rest = (turns - nearest) * 0.693147180559945309f;
    float series = 1.0f / 5040.0f;
    series = series * rest + 1.0f / 720.0f;
    series = series * rest + 1.0f / 120.0f;
    series = series * rest + 1.0f / 24.0f;
    series = series * rest + 1.0f / 6.0f;
    series = series * rest + 0.5f;
    series = series * rest + 1.0f;
    series = series * rest + 1.0f;
    union {
        uint32_t bits;
        float value;
    } scale = {.bits = (uint32_t)((int32_t)nearest + 127) << 23};
    return series * scale.value;
}

#endif
