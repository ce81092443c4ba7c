// rcp, rsqrt, sqrt, ex2, lg2, sin, cos, tanh, div.approx and div.full. Reference: PTX ISA, "Floating-Point Instructions".
//
// A GPU's approximations are not ours. So that nothing comes to depend on the last bit, half of the results that are not exact
// are rounded to the farther of the two floats beside the exact value; which ones is a function of the result and the seed.
#include "approximate.h"

#include "floats.h"
#include "lanewise.h"
#include "settings.h"

namespace emulator {
namespace {

using ptx::Type;

/** The float next to the exact value on one side or the other: less than one unit in the last place off. */
inline float nudge(double exact, uint32_t seed) {
    auto v = static_cast<float>(exact);
    uint32_t u = std::bit_cast<uint32_t>(v), e = u & 0x7F800000u;
    double off = std::fabs(exact) - std::fabs(static_cast<double>(v));
    bool move = ((u ^ seed) * 0x9E3779B1u) >> 31 && seed != 0 && off != 0 && e != 0 && e < 0x7F000000u;
    return std::bit_cast<float>(move ? (off > 0 ? u + 1 : u - 1) : u);
}

struct Rcp {
    static double of(double a) { return 1 / a; }
};
struct Sqrt {
    static double of(double a) { return std::sqrt(a); }
};
struct Rsqrt {
    static double of(double a) { return 1 / std::sqrt(a); }
};
struct Ex2 {  // 2^n of the nearest n times a polynomial of the rest in double: rounds like the true value but for rare ties
    static double of(double a) {
        double x = a;
        x = x > 1000 ? 1000 : x < -1000 ? -1000 : x;
        double shifted = x + 0x1.8p52;
        auto n = std::bit_cast<int64_t>(shifted) - std::bit_cast<int64_t>(0x1.8p52);
        double r = (x - (shifted - 0x1.8p52)) * 0.693147180559945309417;
        double p = 1.0 / 39916800;
        for (double c : {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0}) p = p * r + c;
        double scaled = p * std::bit_cast<double>((n + 1023) << 52);
        return a != a ? a : scaled;
    }
};
struct Lg2 {
    static double of(double a) { return std::log2(a); }
};
struct Sin {
    static double of(double a) { return std::sin(a); }
};
struct Cos {
    static double of(double a) { return std::cos(a); }
};
struct Tanh {
    static double of(double a) { return std::tanh(a); }
};

template <class F, bool FTZ>
const Op* approximate(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a);
    auto seed = static_cast<uint32_t>(settings.approximate.load(std::memory_order_relaxed));
    each(w.act, [=](int l) {
        float x = take<float>(a[l]);
        float v = nudge(F::of(static_cast<double>(FTZ ? flush(x) : x)), seed);
        d[l] = give<float>(FTZ ? flush(v) : v);
    });
    return o + 1;
}

template <class H, class F, bool PAIR>
const Op* approximateHalf(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        auto one = [](uint32_t bits) -> uint32_t { return narrow<H>(F::of(static_cast<double>(widen(H{static_cast<uint16_t>(bits)})))).bits; };
        uint32_t v = a[l];
        d[l] = PAIR ? one(v) | one(v >> 16) << 16 : one(v);
    }
    return o + 1;
}

template <class F>
void only(Builder& b) {
    b.permit({"approx", "ftz"});
    Type t = b.type();
    b.simple(t == Type::F16     ? approximateHalf<Half, F, false>
             : t == Type::BF16  ? approximateHalf<Brain, F, false>
             : t == Type::F16X2 ? approximateHalf<Half, F, true>
             : t == Type::BF16X2 ? approximateHalf<Brain, F, true>
             : t == Type::F32   ? (b.s().has("ftz") ? approximate<F, true> : approximate<F, false>)
                                : Step(nullptr),
             t);
}

/** Rounded as IEEE 754 does: the float of a double quotient or root is right. */
template <class F, bool FTZ>
struct Rounded {
    static float of(float a) {
        auto v = static_cast<float>(F::of(static_cast<double>(FTZ ? flush(a) : a)));
        return FTZ ? flush(v) : v;
    }
};

template <class F>
void orExact(Builder& b) {  // rcp, sqrt: .approx or rounded; rsqrt: only .approx, also of f64
    b.permit({"approx", "ftz", "rn"});
    Type t = b.type();
    bool approx = b.s().has("approx"), ftz = b.s().has("ftz");
    if (t == Type::F64)
        b.simple(unary<double, F>, t);
    else if (approx)
        b.simple(ftz ? approximate<F, true> : approximate<F, false>, t);
    else
        b.simple(ftz ? Step(unary<float, Rounded<F, true>>) : unary<float, Rounded<F, false>>, t);
}

template <bool FTZ>
const Op* division(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b);
    auto seed = static_cast<uint32_t>(settings.approximate.load(std::memory_order_relaxed));
    each(w.act, [=](int l) {
        float x = take<float>(a[l]), y = take<float>(b[l]);
        float v = nudge(static_cast<double>(FTZ ? flush(x) : x) / static_cast<double>(FTZ ? flush(y) : y), seed);
        d[l] = give<float>(FTZ ? flush(v) : v);
    });
    return o + 1;
}

}  // namespace

void decodeApproximateDivision(Builder& b) {
    b.permit({"approx", "full", "ftz"});
    if (b.type() != Type::F32) b.unsupported();
    b.simple(b.s().has("ftz") ? division<true> : division<false>, Type::F32);
}

const Group APPROXIMATE[] = {{"ex2", only<Ex2>},     {"lg2", only<Lg2>},       {"sin", only<Sin>},     {"cos", only<Cos>}, {"tanh", only<Tanh>},
                             {"rcp", orExact<Rcp>}, {"rsqrt", orExact<Rsqrt>}, {"sqrt", orExact<Sqrt>}, {nullptr, nullptr}};

}  // namespace emulator
