// float16 and bfloat16 in both directions, rounding to nearest even or toward zero.
#pragma once
#include <bit>
#include <cstdint>

#include "warp.h"

namespace emulator {

inline float toFloat(Brain v) { return std::bit_cast<float>(static_cast<uint32_t>(v.bits) << 16); }

inline float toFloat(Half v) {
    uint32_t sign = static_cast<uint32_t>(v.bits & 0x8000u) << 16, rest = v.bits & 0x7FFFu;
    if (rest >= 0x7C00u) return std::bit_cast<float>(sign | 0x7F800000u | (rest & 0x3FFu) << 13);
    // 2^112 moves the exponent from the bias of 15 to 127, denormals included
    return std::bit_cast<float>(std::bit_cast<uint32_t>(std::bit_cast<float>(rest << 13) * 0x1p112f) | sign);
}

inline Brain toBrain(float f) {
    uint32_t u = std::bit_cast<uint32_t>(f);
    uint32_t rounded = (u + 0x7FFFu + (u >> 16 & 1u)) >> 16;
    return Brain{static_cast<uint16_t>((u & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFu : rounded)};
}
inline Brain toBrainZero(float f) {
    uint32_t u = std::bit_cast<uint32_t>(f);
    return Brain{static_cast<uint16_t>((u & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFu : u >> 16)};
}

inline Half toHalf(float f, bool towardZero = false) {
    uint32_t u = std::bit_cast<uint32_t>(f), sign = u >> 16 & 0x8000u, a = u & 0x7FFFFFFFu;
    if (a > 0x7F800000u) return Half{0x7FFF};
    if (a >= 0x47800000u) return Half{static_cast<uint16_t>(sign | (towardZero && a != 0x7F800000u ? 0x7BFFu : 0x7C00u))};
    uint32_t drop = 13, kept = a;
    if (a < 0x38800000u) {  // a denormal of binary16
        if (a < 0x33000000u) return Half{static_cast<uint16_t>(sign)};
        kept = (a & 0x7FFFFFu) | 0x800000u;
        drop = 126 - (a >> 23);
    } else {
        kept = a - 0x38000000u;
    }
    uint32_t out = kept >> drop;
    if (!towardZero) {
        uint32_t rest = kept & ((1u << drop) - 1), half = 1u << (drop - 1);
        out += rest > half || (rest == half && (out & 1)) ? 1 : 0;
    }
    return Half{static_cast<uint16_t>(sign | out)};
}

}  // namespace emulator
