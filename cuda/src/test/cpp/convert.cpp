// cvt, mov and cvta. Reference: PTX ISA, "Data Movement and Conversion Instructions: cvt".
#include <algorithm>
#include <cfenv>

#include "floats.h"
#include "lanewise.h"
#include "spaces.h"

namespace emulator {
namespace {

using ptx::Type;

constexpr int DIRECTION = 3, ZERO = 1, DOWN = 2, UP = 3;  // of rounding; 0 is to nearest even
constexpr int INTEGRAL = 4, SATURATE = 8, FLUSH = 16, DIRECTED = 32;

template <class T>
constexpr bool REAL = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, Half> || std::is_same_v<T, Brain>;
template <class T>
constexpr bool SMALL = std::is_same_v<T, Half> || std::is_same_v<T, Brain>;

template <class T>
inline auto number(T v) {
    if constexpr (SMALL<T>)
        return toFloat(v);
    else
        return v;
}

/** Truncate; out of range clamps; NaN as the ISA says: 0, or for 64-bit sides the sign bit alone. */
template <class D, class S>
inline D truncated(S v) {
    constexpr S LOW = static_cast<S>(std::numeric_limits<D>::min());
    constexpr S PAST = static_cast<S>(std::numeric_limits<D>::max() / 2 + 1) * 2;
    constexpr D NAN_VALUE = sizeof(S) == 8 || sizeof(D) == 8 ? static_cast<D>(static_cast<std::make_unsigned_t<D>>(1) << (sizeof(D) * 8 - 1)) : D{0};
    D in = static_cast<D>(v < LOW ? LOW : v >= PAST || v != v ? S{0} : v);
    return v != v ? NAN_VALUE : v < LOW ? std::numeric_limits<D>::min() : v >= PAST ? std::numeric_limits<D>::max() : in;
}

/** Without modifiers beyond the common ones: floats to integers truncate, everything else rounds to nearest. */
template <class D, class S>
inline D plain(S s) {
    auto v = number(s);
    using V = decltype(v);
    if constexpr (std::is_same_v<D, Brain>)
        return std::is_same_v<V, float> ? toBrain(static_cast<float>(v)) : narrow<Brain>(static_cast<double>(v));
    else if constexpr (std::is_same_v<D, Half>)
        return std::is_same_v<V, float> ? toHalf(static_cast<float>(v)) : narrow<Half>(static_cast<double>(v));
    else if constexpr (std::is_floating_point_v<V> && std::is_integral_v<D>)
        return truncated<D, V>(v);
    else
        return static_cast<D>(v);
}

double integral(double v, int direction) {
    return direction == ZERO ? std::trunc(v) : direction == DOWN ? std::floor(v) : direction == UP ? std::ceil(v) : std::nearbyint(v);
}

template <class D, class S>
D modified(S s, int mode) {
    auto v = number(s);
    using V = decltype(v);
    int direction = mode & DIRECTION;
    if constexpr (std::is_floating_point_v<V>) {
        if constexpr (std::is_same_v<V, float>)
            if (mode & FLUSH) v = flush(v);
        if constexpr (std::is_integral_v<D>) {
            auto w = static_cast<V>(integral(static_cast<double>(v), direction));
            return truncated<D, V>(w);
        } else {
            double w = static_cast<double>(v);
            if (mode & INTEGRAL) w = integral(w, direction);
            if (mode & SATURATE) w = saturate(w);
            if constexpr (SMALL<D>) {
                if ((mode & DIRECTED) && std::is_same_v<D, Half>) return std::bit_cast<D>(toHalf(static_cast<float>(w), true));
                if (mode & DIRECTED) return std::bit_cast<D>(toBrainZero(static_cast<float>(w)));
                return narrow<D>(w);
            } else {
                if (mode & DIRECTED) std::fesetround(direction == ZERO ? FE_TOWARDZERO : direction == DOWN ? FE_DOWNWARD : FE_UPWARD);
                volatile double from = w;
                volatile D to = static_cast<D>(from);
                std::fesetround(FE_TONEAREST);
                D result = to;
                if constexpr (std::is_same_v<D, float>)
                    if (mode & FLUSH) result = flush(result);
                return result;
            }
        }
    } else if constexpr (std::is_integral_v<D>) {
        if (!(mode & SATURATE)) return static_cast<D>(v);
        return static_cast<D>(std::clamp<__int128>(v, std::numeric_limits<D>::min(), std::numeric_limits<D>::max()));
    } else if constexpr (SMALL<D>) {
        return narrow<D>(static_cast<double>(v));
    } else {
        std::fesetround(direction == ZERO ? FE_TOWARDZERO : direction == DOWN ? FE_DOWNWARD : direction == UP ? FE_UPWARD : FE_TONEAREST);
        volatile S from = v;
        volatile D to = static_cast<D>(from);
        std::fesetround(FE_TONEAREST);
        return to;
    }
}

template <class D, class S>
const Op* cvt(Warp& w, const Op* o) {
    auto* d = row<D>(w, o->d);
    auto* a = row<S>(w, o->a);
    if (o->mode == 0)
        each(w.act, [=](int l) { d[l] = give<D>(plain<D, S>(take<S>(a[l]))); });
    else
        for (uint32_t m = w.act; m; m &= m - 1) {
            int l = std::countr_zero(m);
            d[l] = give<D>(modified<D, S>(take<S>(a[l]), o->mode));
        }
    return o + 1;
}

template <class F>
Step byType(Type t, F f) {
    switch (t) {
        case Type::U8:
        case Type::B8: return f.template operator()<uint8_t>();
        case Type::S8: return f.template operator()<int8_t>();
        case Type::F16: return f.template operator()<Half>();
        case Type::BF16: return f.template operator()<Brain>();
        case Type::F32: return f.template operator()<float>();
        case Type::F64: return f.template operator()<double>();
        default: return byInteger(t, f);
    }
}

// ---- two floats to a pair: the first operand becomes the upper half
template <class H>
const Op* pair(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b);
    auto one = [o](uint32_t bits) -> uint32_t {
        float f = take<float>(bits);
        if (o->mode & SATURATE) f = f > 0 || f != f ? f : 0.0f;  // relu
        if (std::is_same_v<H, Half>) return toHalf(f, o->mode & DIRECTED).bits;
        return o->mode & DIRECTED ? toBrainZero(f).bits : toBrain(f).bits;
    };
    each(w.act, [=](int l) { d[l] = one(a[l]) << 16 | one(b[l]); });
    return o + 1;
}
void decodePair(Builder& b, bool half) {
    b.permit({"rn", "rz", "relu"});
    int d = b.out(0, Type::B32), x = b.in(1, Type::F32), y = b.in(2, Type::F32);
    Op& op = b.emit(half ? pair<Half> : pair<Brain>);
    op.d = d;
    op.a = x;
    op.b = y;
    op.mode = static_cast<uint8_t>((b.s().has("rz") ? DIRECTED : 0) | (b.s().has("relu") ? SATURATE : 0));
}

const Op* lowHalf(Warp& w, const Op* o) {
    auto* d = w.row32(o->d);
    auto* a = w.row64(o->a);
    each(w.act, [=](int l) { d[l] = static_cast<uint32_t>(a[l]); });
    return o + 1;
}

void decodeCvt(Builder& b) {
    size_t n = b.s().op.size();
    Type to = ptx::typeOf(b.word(n - 2)), from = ptx::typeOf(b.word(n - 1));
    if (to == Type::F16X2 || to == Type::BF16X2) return decodePair(b, to == Type::F16X2);
    b.permit({"rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "ftz", "sat"});
    bool real = ptx::isFloat(from), toReal = ptx::isFloat(to);
    int mode = 0;
    for (auto& [name, bits] : {std::pair{"rz", ZERO | DIRECTED}, {"rm", DOWN | DIRECTED}, {"rp", UP | DIRECTED}, {"rni", INTEGRAL}, {"rzi", ZERO | INTEGRAL},
                               {"rmi", DOWN | INTEGRAL}, {"rpi", UP | INTEGRAL}, {"sat", SATURATE}, {"ftz", FLUSH}})
        if (b.s().has(name)) mode |= bits;
    if (real && !toReal && (mode & ~SATURATE) == (ZERO | INTEGRAL)) mode = 0;  // plain
    if (real && !toReal && mode == FLUSH) b.unsupported("no rounding");
    if (SMALL<Half> && (to == Type::F16 || to == Type::BF16) && (mode & DIRECTED) && (mode & DIRECTION) != ZERO) b.unsupported();
    Step step = byType(to, [from]<class D>() -> Step { return byType(from, []<class S>() -> Step { return cvt<D, S>; }); });
    if (!step) b.unsupported();
    // registers may be wider than the types of cvt
    const auto& source = b.operand(1);
    int a;
    if (ptx::bytesOf(from) < 8 && b.is64(source)) {
        int whole = b.in(source, Type::B64);
        a = b.temporary(false);
        Op& low = b.emit(lowHalf);
        low.d = a;
        low.a = whole;
    } else {
        a = b.in(source, from);
    }
    int d = b.out(0, to);
    Op& op = b.emit(step);
    op.d = d;
    op.a = a;
    op.mode = static_cast<uint8_t>(mode);
}

// ---- mov
struct Same {
    template <class T>
    static T of(T v) {
        return v;
    }
};
const Op* movMask(Warp& w, const Op* o) {
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | (w.bits(o->a) & w.act);
    return o + 1;
}
const Op* pack16(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b);
    each(w.act, [=](int l) { d[l] = (a[l] & 0xFFFF) | b[l] << 16; });
    return o + 1;
}
const Op* pack32(Warp& w, const Op* o) {
    auto* d = w.row64(o->d);
    auto *a = w.row32(o->a), *b = w.row32(o->b);
    each(w.act, [=](int l) { d[l] = a[l] | static_cast<uint64_t>(b[l]) << 32; });
    return o + 1;
}
const Op* unpack16(Warp& w, const Op* o) {
    auto *a = w.row32(o->a), *d = w.row32(o->d), *e = w.row32(o->b);
    each(w.act, [=](int l) {
        uint32_t v = a[l];
        d[l] = v & 0xFFFF;
        e[l] = v >> 16;
    });
    return o + 1;
}
const Op* unpack32(Warp& w, const Op* o) {
    auto* a = w.row64(o->a);
    auto *d = w.row32(o->d), *e = w.row32(o->b);
    each(w.act, [=](int l) {
        uint64_t v = a[l];
        d[l] = static_cast<uint32_t>(v);
        e[l] = static_cast<uint32_t>(v >> 32);
    });
    return o + 1;
}

Op& two(Builder& b, Step step, int d, int a, int x) {
    Op& op = b.emit(step);
    op.d = d;
    op.a = a;
    op.b = x;
    return op;
}

void decodeMov(Builder& b) {
    Type t = b.type();
    const auto &to = b.operand(0), &from = b.operand(1);
    auto list = ptx::Operand::LIST;
    if (from.kind == list) {
        bool wide = ptx::bytesOf(t) == 8;
        const auto& i = from.items;
        if (i.size() == 2) {
            Type part = wide ? Type::B32 : Type::B16;
            int x = b.in(i[0], part), y = b.in(i[1], part);
            two(b, wide ? pack32 : pack16, b.out(to, t), x, y);
        } else if (i.size() == 4 && wide) {
            int low = b.temporary(false), high = b.temporary(false);
            two(b, pack16, low, b.in(i[0], Type::B16), b.in(i[1], Type::B16));
            two(b, pack16, high, b.in(i[2], Type::B16), b.in(i[3], Type::B16));
            two(b, pack32, b.out(to, t), low, high);
        } else {
            b.unsupported();
        }
        return;
    }
    if (to.kind == list) {
        bool wide = ptx::bytesOf(t) == 8;
        const auto& i = to.items;
        int a = b.in(from, t);
        if (i.size() == 2) {
            Type part = wide ? Type::B32 : Type::B16;
            two(b, wide ? unpack32 : unpack16, b.out(i[0], part), a, b.out(i[1], part));
        } else if (i.size() == 4 && wide) {
            int low = b.temporary(false), high = b.temporary(false);
            two(b, unpack32, low, a, high);
            two(b, unpack16, b.out(i[0], Type::B16), low, b.out(i[1], Type::B16));
            two(b, unpack16, b.out(i[2], Type::B16), high, b.out(i[3], Type::B16));
        } else {
            b.unsupported();
        }
        return;
    }
    if (t == Type::PRED) {
        int a = b.predicate(from, true);
        two(b, movMask, b.out(to, t), a, 0);
        return;
    }
    b.simple(ptx::bytesOf(t) == 8 ? Step(unary<uint64_t, Same>) : unary<uint32_t, Same>, t);
}

// ---- cvta, isspacep
template <bool PLUS>
const Op* moved(Warp& w, const Op* o) {
    auto *d = w.row64(o->d), *a = w.row64(o->a);
    auto by = static_cast<uint64_t>(o->imm);
    each(w.act, [=](int l) { d[l] = PLUS ? a[l] + by : a[l] - by; });
    return o + 1;
}
void decodeCvta(Builder& b) {
    b.permit({"to", "global", "shared", "shared::cta", "local", "const", "param"});
    if (b.type() != Type::U64) b.unsupported();
    uint64_t window = b.s().has("shared") || b.s().has("shared::cta") ? SHARED_WINDOW : b.s().has("local") ? LOCAL_WINDOW : 0;
    if (b.s().has("param")) b.unsupported();
    b.simple(b.s().has("to") ? moved<false> : moved<true>, Type::U64);
    b.last().imm = static_cast<int64_t>(window);
}
const Op* isspacep(Warp& w, const Op* o) {
    auto* a = w.row64(o->a);
    uint32_t v = 0;
    for (int l = 0; l < 32; l++) {
        int space = a[l] >= LOCAL_WINDOW ? 2 : a[l] >= SHARED_WINDOW ? 1 : 0;
        v |= static_cast<uint32_t>(space == o->mode) << l;
    }
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | (v & w.act);
    return o + 1;
}
void decodeIsspacep(Builder& b) {
    int a = b.in(1, Type::U64), d = b.out(0, Type::PRED);
    two(b, isspacep, d, a, 0).mode = b.word(1) == "local" ? 2 : b.word(1) == "shared" ? 1 : 0;
}

}  // namespace

const Group CONVERT[] = {{"cvt", decodeCvt}, {"mov", decodeMov}, {"cvta", decodeCvta}, {"isspacep", decodeIsspacep}, {nullptr, nullptr}};

}  // namespace emulator
