// Integer arithmetic. Reference: PTX ISA, "Integer Arithmetic Instructions" and "Extended-Precision Integer Arithmetic".
#include <algorithm>

#include "lanewise.h"

namespace emulator {
namespace {

using ptx::Type;

// Sums and products wrap: they are computed unsigned.
template <class T>
using Unsigned = std::conditional_t<sizeof(T) == 2, uint32_t, std::make_unsigned_t<T>>;

struct Add {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
    }
};
struct Sub {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
    }
};
struct MulLow {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(static_cast<Unsigned<T>>(a) * static_cast<Unsigned<T>>(b));
    }
};
struct MulHigh {
    static int16_t of(int16_t a, int16_t b) { return static_cast<int16_t>((a * b) >> 16); }
    static uint16_t of(uint16_t a, uint16_t b) { return static_cast<uint16_t>((static_cast<uint32_t>(a) * b) >> 16); }
    static int32_t of(int32_t a, int32_t b) { return static_cast<int32_t>((static_cast<int64_t>(a) * b) >> 32); }
    static uint32_t of(uint32_t a, uint32_t b) { return static_cast<uint32_t>((static_cast<uint64_t>(a) * b) >> 32); }
    static int64_t of(int64_t a, int64_t b) { return static_cast<int64_t>((static_cast<__int128>(a) * b) >> 64); }
    static uint64_t of(uint64_t a, uint64_t b) { return static_cast<uint64_t>((static_cast<unsigned __int128>(a) * b) >> 64); }
};
struct MadLow {
    template <class T>
    static T of(T a, T b, T c) {
        return Add::of(MulLow::of(a, b), c);
    }
};
struct MadHigh {
    template <class T>
    static T of(T a, T b, T c) {
        return Add::of(MulHigh::of(a, b), c);
    }
};
struct Mul24 {
    template <class T>
    static T of(T a, T b) {
        if constexpr (std::is_signed_v<T>)
            return static_cast<T>(static_cast<int64_t>(a << 8 >> 8) * static_cast<int64_t>(b << 8 >> 8));
        else
            return static_cast<T>(static_cast<uint64_t>(a & 0xFFFFFF) * (b & 0xFFFFFF));
    }
};
struct Mad24 {
    template <class T>
    static T of(T a, T b, T c) {
        return Add::of(Mul24::of(a, b), c);
    }
};
struct Divide {  // by zero: all ones, as the hardware leaves it; the quotient of the least number by -1 wraps
    template <class T>
    static T of(T a, T b) {
        if (b == 0) return static_cast<T>(-1);
        if (std::is_signed_v<T> && b == static_cast<T>(-1)) return Sub::of(T{0}, a);
        return static_cast<T>(a / b);
    }
};
struct Remainder {
    template <class T>
    static T of(T a, T b) {
        if (b == 0) return a;
        if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
        return static_cast<T>(a % b);
    }
};
struct Min {
    template <class T>
    static T of(T a, T b) {
        return a < b ? a : b;
    }
};
struct Max {
    template <class T>
    static T of(T a, T b) {
        return a > b ? a : b;
    }
};
struct Negate {
    template <class T>
    static T of(T a) {
        return Sub::of(T{0}, a);
    }
};
struct Absolute {
    template <class T>
    static T of(T a) {
        return a < 0 ? Sub::of(T{0}, a) : a;
    }
};
struct Sad {
    template <class T>
    static T of(T a, T b, T c) {
        return Add::of(c, a < b ? Sub::of(b, a) : Sub::of(a, b));
    }
};
struct AddSaturated {
    static int32_t of(int32_t a, int32_t b) {
        return static_cast<int32_t>(std::clamp<int64_t>(static_cast<int64_t>(a) + b, INT32_MIN, INT32_MAX));
    }
};
struct SubSaturated {
    static int32_t of(int32_t a, int32_t b) {
        return static_cast<int32_t>(std::clamp<int64_t>(static_cast<int64_t>(a) - b, INT32_MIN, INT32_MAX));
    }
};

template <class F>
Step twice(Type t) {
    return byInteger(t, []<class T>() -> Step { return binary<T, F>; });
}
template <class F>
Step thrice(Type t) {
    return byInteger(t, []<class T>() -> Step { return ternary<T, F>; });
}

// ---- wide products
template <class T, class D, bool ADD>
const Op* wide(Warp& w, const Op* o) {
    auto* d = row<D>(w, o->d);
    auto* a = row<T>(w, o->a);
    auto* b = row<T>(w, o->b);
    auto* c = row<D>(w, ADD ? o->c : o->d);
    each(w.act, [=](int l) {
        auto product = static_cast<Lane<D>>(static_cast<D>(take<T>(a[l])) * static_cast<D>(take<T>(b[l])));
        d[l] = ADD ? product + c[l] : product;
    });
    return o + 1;
}

void decodeWide(Builder& b, Type t, bool add) {
    Type wider = t == Type::S32 ? Type::S64 : t == Type::U32 ? Type::U64 : t == Type::S16 ? Type::S32 : Type::U32;
    Step step = t == Type::S32   ? (add ? wide<int32_t, int64_t, true> : wide<int32_t, int64_t, false>)
                : t == Type::U32 ? (add ? wide<uint32_t, uint64_t, true> : wide<uint32_t, uint64_t, false>)
                : t == Type::S16 ? (add ? wide<int16_t, int32_t, true> : wide<int16_t, int32_t, false>)
                : t == Type::U16 ? (add ? wide<uint16_t, uint32_t, true> : wide<uint16_t, uint32_t, false>)
                                 : Step(nullptr);
    if (!step) b.unsupported();
    int d = b.out(0, wider), x = b.in(1, t), y = b.in(2, t), z = add ? b.in(3, wider) : 0;
    Op& op = b.emit(step);
    op.d = d;
    op.a = x;
    op.b = y;
    op.c = z;
}

// ---- carries: add.cc, addc, sub.cc, subc, mad.cc, madc. mode: 1 carry in, 2 carry out, 4 minus, 8 product low, 16 product high
template <class T>
const Op* carrying(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a), *b = row<T>(w, o->b), *c = row<T>(w, o->c);
    uint32_t out = w.carry;
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        using Double = unsigned __int128;
        constexpr int BITS = sizeof(T) * 8;
        Double x = a[l], y = b[l];
        if (o->mode & 24) {
            Double product = x * y;
            x = static_cast<T>(o->mode & 8 ? product : product >> BITS);
            y = c[l];
        }
        Double in = o->mode & 1 ? (w.carry >> l & 1) : 0;
        Double sum = o->mode & 4 ? x - y - in : x + y + in;
        d[l] = static_cast<T>(sum);
        out = (out & ~(1u << l)) | (static_cast<uint32_t>(sum >> BITS) & 1u) << l;
    }
    if (o->mode & 2) w.carry = out;
    return o + 1;
}

void decodeCarry(Builder& b, Type t, int mode) {
    if (b.word(0).back() == 'c') mode |= 1;
    if (b.s().has("cc")) mode |= 2;
    b.simple(ptx::bytesOf(t) == 8 ? carrying<uint64_t> : carrying<uint32_t>, t);
    b.last().mode = static_cast<uint8_t>(mode);
}

/** Known modifiers of integer arithmetic; floats have their own list. */
bool isReal(Builder& b) {
    if (ptx::isFloat(b.type())) return true;
    b.permit({"cc", "sat", "lo", "hi", "wide"});
    return false;
}

void add(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    if (b.word(0) == "addc" || b.s().has("cc")) return decodeCarry(b, t, 0);
    b.simple(b.s().has("sat") ? Step(binary<int32_t, AddSaturated>) : twice<Add>(t), t);
}
void sub(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    if (b.word(0) == "subc" || b.s().has("cc")) return decodeCarry(b, t, 4);
    b.simple(b.s().has("sat") ? Step(binary<int32_t, SubSaturated>) : twice<Sub>(t), t);
}
void mul(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    if (b.s().has("wide")) return decodeWide(b, t, false);
    b.simple(b.s().has("hi") ? twice<MulHigh>(t) : twice<MulLow>(t), t);
}
void mad(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    if (b.s().has("wide")) return decodeWide(b, t, true);
    if (b.word(0) == "madc" || b.s().has("cc")) return decodeCarry(b, t, b.s().has("hi") ? 16 : 8);
    b.simple(b.s().has("hi") ? thrice<MadHigh>(t) : thrice<MadLow>(t), t);
}
void mul24(Builder& b) {
    if (b.s().has("hi")) b.unsupported();
    bool isSigned = b.type() == Type::S32;
    if (b.word(0) == "mul24")
        b.simple(isSigned ? Step(binary<int32_t, Mul24>) : binary<uint32_t, Mul24>, b.type());
    else
        b.simple(isSigned ? Step(ternary<int32_t, Mad24>) : ternary<uint32_t, Mad24>, b.type());
}
void sad(Builder& b) { b.simple(thrice<Sad>(b.type()), b.type()); }

template <class F>
void orFloat(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    b.simple(twice<F>(t), t);
}
void rem(Builder& b) { b.simple(twice<Remainder>(b.type()), b.type()); }
void neg(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    b.simple(byInteger(t, []<class T>() -> Step { return unary<T, Negate>; }), t);
}
void absolute(Builder& b) {
    Type t = b.type();
    if (isReal(b)) return decodeFloat(b);
    b.simple(byInteger(t, []<class T>() -> Step { return unary<T, Absolute>; }), t);
}

// ---- dot products of bytes
template <class A, class B>
const Op* dot4(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->c);
    each(w.act, [=](int l) {
        uint32_t sum = c[l];
        for (int i = 0; i < 4; i++) sum += static_cast<uint32_t>(static_cast<A>(a[l] >> (8 * i)) * static_cast<B>(b[l] >> (8 * i)));
        d[l] = sum;
    });
    return o + 1;
}
void dp4a(Builder& b) {
    bool first = b.word(1) == "s32", second = b.word(2) == "s32";
    b.simple(first ? (second ? dot4<int8_t, int8_t> : dot4<int8_t, uint8_t>) : (second ? dot4<uint8_t, int8_t> : dot4<uint8_t, uint8_t>), Type::B32);
}

}  // namespace

const Group ARITHMETIC[] = {{"add", add},   {"addc", add},  {"sub", sub},   {"subc", sub},          {"mul", mul},       {"mad", mad},
                            {"madc", mad},  {"mul24", mul24}, {"mad24", mul24}, {"sad", sad},       {"div", orFloat<Divide>}, {"rem", rem},
                            {"min", orFloat<Min>}, {"max", orFloat<Max>}, {"neg", neg}, {"abs", absolute}, {"dp4a", dp4a}, {nullptr, nullptr}};

}  // namespace emulator
