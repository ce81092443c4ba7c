// What floats of all widths share: denormals, saturation, order of min and max, rounding once from a double.
#pragma once
#include <cmath>
#include <limits>

#include "halves.h"

namespace emulator {

inline float flush(float v) {
    uint32_t u = std::bit_cast<uint32_t>(v);
    return (u & 0x7F800000u) == 0 ? std::bit_cast<float>(u & 0x80000000u) : v;
}

/** Clamp to [0, 1]; NaN becomes 0. */
template <class T>
inline T saturate(T v) {
    return v > T{0} ? (v < T{1} ? v : T{1}) : T{0};
}

template <class T>
inline T lesser(T a, T b) {  // a NaN loses, -0 < +0
    T r = a < b || (a == b && std::signbit(a)) ? a : b;
    r = a != a ? b : r;
    return b != b ? a : r;
}
template <class T>
inline T greater(T a, T b) {
    T r = a > b || (a == b && std::signbit(b)) ? a : b;
    r = a != a ? b : r;
    return b != b ? a : r;
}

/** The float whose rounding to fewer bits equals that of the double: truncated, the lowest bit set if anything was lost. */
inline float odd(double d) {
    float f = static_cast<float>(d);
    if (static_cast<double>(f) == d || d != d || std::isinf(f)) return f;
    uint32_t u = std::bit_cast<uint32_t>(f);
    if (std::fabs(static_cast<double>(f)) > std::fabs(d)) u--;
    return std::bit_cast<float>(u | 1u);
}

inline float widen(Half v) { return toFloat(v); }
inline float widen(Brain v) { return toFloat(v); }
template <class T>
inline T narrow(double d);
template <>
inline Half narrow<Half>(double d) {
    return toHalf(odd(d));
}
template <>
inline Brain narrow<Brain>(double d) {
    return toBrain(odd(d));
}

}  // namespace emulator
