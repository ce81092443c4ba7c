// Float arithmetic. Reference: PTX ISA, "Floating-Point Instructions" and "Half Precision Floating-Point Instructions".
// Compiled without contraction: a mul and an add stay two roundings, a fma is one.
#include "floats.h"

#include <cfenv>

#include "approximate.h"
#include "lanewise.h"

namespace emulator {
namespace {

using ptx::Type;

struct Add {
    template <class T>
    static T of(T a, T b) {
        return a + b;
    }
};
struct Sub {
    template <class T>
    static T of(T a, T b) {
        return a - b;
    }
};
struct Mul {
    template <class T>
    static T of(T a, T b) {
        return a * b;
    }
};
struct Div {
    template <class T>
    static T of(T a, T b) {
        return a / b;
    }
};
struct Fma {
    static float of(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
    static double of(double a, double b, double c) { return __builtin_fma(a, b, c); }
};
struct Min {
    template <class T>
    static T of(T a, T b) {
        return lesser(a, b);
    }
};
struct Max {
    template <class T>
    static T of(T a, T b) {
        return greater(a, b);
    }
};
struct MinNan {
    template <class T>
    static T of(T a, T b) {
        return a != a || b != b ? std::numeric_limits<T>::quiet_NaN() : lesser(a, b);
    }
};
struct MaxNan {
    template <class T>
    static T of(T a, T b) {
        return a != a || b != b ? std::numeric_limits<T>::quiet_NaN() : greater(a, b);
    }
};
struct Neg {
    template <class T>
    static T of(T a) {
        return -a;
    }
};
struct Abs {
    static float of(float a) { return std::bit_cast<float>(std::bit_cast<uint32_t>(a) & 0x7FFFFFFFu); }
    static double of(double a) { return std::bit_cast<double>(std::bit_cast<uint64_t>(a) & ~(uint64_t{1} << 63)); }
};
struct CopySign {  // the sign of a, the magnitude of b
    template <class T>
    static T of(T a, T b) {
        return std::copysign(b, a);
    }
};

template <class F>
struct Flushed {
    static float of(float a) { return flush(F::of(flush(a))); }
    static float of(float a, float b) { return flush(F::of(flush(a), flush(b))); }
    static float of(float a, float b, float c) { return flush(F::of(flush(a), flush(b), flush(c))); }
};
template <class F>
struct Saturated {
    template <class... A>
    static auto of(A... a) {
        return saturate(F::of(a...));
    }
};

// ---- directed rounding, through the processor's rounding mode
template <class T, class F, int OPERANDS>
const Op* directed(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a), *b = row<T>(w, o->b), *c = row<T>(w, o->c);
    std::fesetround(o->mode == 1 ? FE_TOWARDZERO : o->mode == 2 ? FE_DOWNWARD : FE_UPWARD);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        volatile T x = take<T>(a[l]), y = OPERANDS > 1 ? take<T>(b[l]) : T{}, z = OPERANDS > 2 ? take<T>(c[l]) : T{};
        volatile T v;
        if constexpr (OPERANDS == 3)
            v = F::of(static_cast<T>(x), static_cast<T>(y), static_cast<T>(z));
        else
            v = F::of(static_cast<T>(x), static_cast<T>(y));
        d[l] = give<T>(v);
    }
    std::fesetround(FE_TONEAREST);
    return o + 1;
}

// ---- halves, alone and in pairs: computed in double, rounded once
template <class H, class F, int OPERANDS, bool PAIR>
const Op* halves(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->c);
    auto one = [](uint32_t x, uint32_t y, uint32_t z) -> uint32_t {
        auto v = [](uint32_t bits) { return static_cast<double>(widen(H{static_cast<uint16_t>(bits)})); };
        if constexpr (OPERANDS == 1)
            return std::is_same_v<F, Neg> ? (x ^ 0x8000u) & 0xFFFFu : x & 0x7FFFu;
        else if constexpr (OPERANDS == 2)
            return narrow<H>(F::of(v(x), v(y))).bits;
        else
            return narrow<H>(F::of(v(x), v(y), v(z))).bits;
    };
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        uint32_t x = a[l], y = b[l], z = c[l];
        uint32_t low = one(x, y, z);
        d[l] = PAIR ? low | one(x >> 16, y >> 16, z >> 16) << 16 : low;
    }
    return o + 1;
}

int rounding(const Builder& b) { return b.s().has("rz") ? 1 : b.s().has("rm") ? 2 : b.s().has("rp") ? 3 : 0; }

template <class F, int OPERANDS>
constexpr Step stepF32() {
    if constexpr (OPERANDS == 1)
        return unary<float, F>;
    else if constexpr (OPERANDS == 2)
        return binary<float, F>;
    else
        return ternary<float, F>;
}

template <class F, int OPERANDS>
void arithmetic(Builder& b) {
    b.permit({"rn", "rz", "rm", "rp", "ftz", "sat", "NaN"});
    Type t = b.type();
    bool ftz = b.s().has("ftz"), sat = b.s().has("sat");
    int mode = rounding(b);
    Step step = nullptr;
    if (t == Type::F32) {
        if (mode && OPERANDS > 1) {
            if (ftz || sat) b.unsupported("directed rounding with .ftz or .sat");
            if constexpr (OPERANDS > 1) step = directed<float, F, OPERANDS>;
        } else {
            step = ftz ? (sat ? stepF32<Saturated<Flushed<F>>, OPERANDS>() : stepF32<Flushed<F>, OPERANDS>())
                       : (sat ? stepF32<Saturated<F>, OPERANDS>() : stepF32<F, OPERANDS>());
        }
    } else if (t == Type::F64) {
        if (mode && OPERANDS > 1) {
            if constexpr (OPERANDS > 1) step = directed<double, F, OPERANDS>;
        } else if constexpr (OPERANDS == 1) {
            step = unary<double, F>;
        } else if constexpr (OPERANDS == 2) {
            step = binary<double, F>;
        } else {
            step = ternary<double, F>;
        }
    } else {
        if (mode || sat) b.unsupported();
        step = t == Type::F16     ? halves<Half, F, OPERANDS, false>
               : t == Type::BF16  ? halves<Brain, F, OPERANDS, false>
               : t == Type::F16X2 ? halves<Half, F, OPERANDS, true>
                                  : halves<Brain, F, OPERANDS, true>;
    }
    b.simple(step, t);
    b.last().mode = static_cast<uint8_t>(mode);
}

void fma(Builder& b) { arithmetic<Fma, 3>(b); }
void copysign(Builder& b) { arithmetic<CopySign, 2>(b); }

// ---- testp
template <class T>
bool is(T v, int which) {
    switch (which) {
        case 0: return std::isfinite(v);
        case 1: return std::isinf(v);
        case 2: return !(v != v);
        case 3: return v != v;
        case 4: return std::isnormal(v);
        default: return std::fpclassify(v) == FP_SUBNORMAL;
    }
}
template <class T>
const Op* testp(Warp& w, const Op* o) {
    auto* a = row<T>(w, o->a);
    uint32_t v = 0;
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        v |= static_cast<uint32_t>(is(take<T>(a[l]), o->mode)) << l;
    }
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | v;
    return o + 1;
}
void decodeTestp(Builder& b) {
    static const char* const NAMES[] = {"finite", "infinite", "number", "notanumber", "normal", "subnormal"};
    int which = -1;
    for (int i = 0; i < 6; i++)
        if (b.word(1) == NAMES[i]) which = i;
    if (which < 0) b.unsupported();
    int d = b.out(0, Type::PRED), a = b.in(1, b.type());
    Op& op = b.emit(b.type() == Type::F64 ? testp<double> : testp<float>);
    op.d = d;
    op.a = a;
    op.mode = static_cast<uint8_t>(which);
}

}  // namespace

void decodeFloat(Builder& b) {
    const std::string& name = b.word(0);
    bool nan = b.s().has("NaN");
    if (name == "add") return arithmetic<Add, 2>(b);
    if (name == "sub") return arithmetic<Sub, 2>(b);
    if (name == "mul") return arithmetic<Mul, 2>(b);
    if (name == "mad") return arithmetic<Fma, 3>(b);
    if (name == "min") return nan ? arithmetic<MinNan, 2>(b) : arithmetic<Min, 2>(b);
    if (name == "max") return nan ? arithmetic<MaxNan, 2>(b) : arithmetic<Max, 2>(b);
    if (name == "neg") return arithmetic<Neg, 1>(b);
    if (name == "abs") return arithmetic<Abs, 1>(b);
    if (name == "div") return b.s().has("approx") || b.s().has("full") ? decodeApproximateDivision(b) : arithmetic<Div, 2>(b);
    b.unsupported();
}

const Group FLOATS[] = {{"fma", fma}, {"copysign", copysign}, {"testp", decodeTestp}, {nullptr, nullptr}};

}  // namespace emulator
