// Bits: logic, shifts, fields, permutations. Reference: PTX ISA, "Logic and Shift Instructions".
#include "lanewise.h"

namespace emulator {
namespace {

using ptx::Type;

struct And {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(a & b);
    }
};
struct Or {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(a | b);
    }
};
struct Xor {
    template <class T>
    static T of(T a, T b) {
        return static_cast<T>(a ^ b);
    }
};
struct Not {
    template <class T>
    static T of(T a) {
        return static_cast<T>(~a);
    }
};
struct LogicalNot {
    template <class T>
    static T of(T a) {
        return a == 0;
    }
};

// ---- predicates: one word for the warp
template <class F>
const Op* masks(Warp& w, const Op* o) {
    uint32_t v = F::of(w.bits(o->a), w.bits(o->b));
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | (v & w.act);
    return o + 1;
}
const Op* notMask(Warp& w, const Op* o) {
    uint32_t v = ~w.bits(o->a);
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | (v & w.act);
    return o + 1;
}

template <class F>
void bitwise(Builder& b) {
    Type t = b.type();
    b.simple(t == Type::PRED ? Step(masks<F>) : byWidth(t, []<class T>() -> Step { return binary<T, F>; }), t);
}
void bitNot(Builder& b) {
    Type t = b.type();
    b.simple(t == Type::PRED ? Step(notMask) : byWidth(t, []<class T>() -> Step { return unary<T, Not>; }), t);
}
void cnot(Builder& b) {
    b.simple(byWidth(b.type(), []<class T>() -> Step { return unary<T, LogicalNot>; }), b.type());
}

// ---- shifts: counts past the width shift everything out
struct ShiftLeft {
    template <class T>
    static T of(T a, uint32_t n) {
        return n >= sizeof(T) * 8 ? T{0} : static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << n);
    }
};
struct ShiftRight {
    template <class T>
    static T of(T a, uint32_t n) {
        if (n >= sizeof(T) * 8) n = std::is_signed_v<T> ? sizeof(T) * 8 - 1 : 64;
        return n == 64 ? T{0} : static_cast<T>(a >> n);
    }
};
template <class T, class F>
const Op* shift(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a);
    auto* n = w.row32(o->b);
    each(w.act, [=](int l) { d[l] = give<T>(F::template of<T>(take<T>(a[l]), n[l])); });
    return o + 1;
}
template <class F>
void shifts(Builder& b) {
    Type t = b.type();
    Step step = byInteger(t, []<class T>() -> Step { return shift<T, F>; });
    if (!step) b.unsupported();
    int d = b.out(0, t), a = b.in(1, t), n = b.in(2, Type::U32);
    Op& op = b.emit(step);
    op.d = d;
    op.a = a;
    op.b = n;
}

// ---- shf: a window into {b, a}. mode: 1 left, 2 wrap
template <int MODE>
const Op* funnel(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->c);
    each(w.act, [=](int l) {
        uint32_t n = MODE & 2 ? c[l] & 31 : (c[l] < 32 ? c[l] : 32);
        uint64_t both = static_cast<uint64_t>(b[l]) << 32 | a[l];
        d[l] = static_cast<uint32_t>(MODE & 1 ? (both << n) >> 32 : both >> n);
    });
    return o + 1;
}
void shf(Builder& b) {
    bool left = b.s().has("l"), wrap = b.s().has("wrap");
    b.simple(left ? (wrap ? funnel<3> : funnel<1>) : (wrap ? funnel<2> : funnel<0>), Type::B32);
}

// ---- counts: the result has 32 bits
struct Popc {
    template <class T>
    static uint32_t of(T a) {
        return static_cast<uint32_t>(std::popcount(a));
    }
};
struct Clz {
    template <class T>
    static uint32_t of(T a) {
        return static_cast<uint32_t>(std::countl_zero(a));
    }
};
struct Bfind {
    template <class T>
    static uint32_t of(T a) {
        if constexpr (std::is_signed_v<T>)
            return of(static_cast<std::make_unsigned_t<T>>(a < 0 ? ~a : a));
        else
            return a == 0 ? ~0u : static_cast<uint32_t>(sizeof(T) * 8 - 1) - static_cast<uint32_t>(std::countl_zero(a));
    }
};
struct BfindShift {
    template <class T>
    static uint32_t of(T a) {
        uint32_t at = Bfind::of(a);
        return at == ~0u ? at : static_cast<uint32_t>(sizeof(T) * 8 - 1) - at;
    }
};
template <class T, class F>
const Op* counted(Warp& w, const Op* o) {
    auto* d = w.row32(o->d);
    auto* a = row<T>(w, o->a);
    each(w.act, [=](int l) { d[l] = F::of(take<T>(a[l])); });
    return o + 1;
}
void count(Builder& b, Step step, Type t) {
    if (!step) b.unsupported();
    int d = b.out(0, Type::U32), a = b.in(1, t);
    Op& op = b.emit(step);
    op.d = d;
    op.a = a;
}
template <class F>
void counts(Builder& b) {
    count(b, b.type() == Type::B64 ? Step(counted<uint64_t, F>) : Step(counted<uint32_t, F>), b.type());
}
void bfind(Builder& b) {
    Type t = b.type();
    bool shifted = b.s().has("shiftamt");
    count(b, byInteger(t, [shifted]<class T>() -> Step { return shifted ? counted<T, BfindShift> : counted<T, Bfind>; }), t);
}

struct Reverse {
    static uint32_t of(uint32_t v) {
        v = (v >> 1 & 0x55555555u) | (v & 0x55555555u) << 1;
        v = (v >> 2 & 0x33333333u) | (v & 0x33333333u) << 2;
        v = (v >> 4 & 0x0F0F0F0Fu) | (v & 0x0F0F0F0Fu) << 4;
        return __builtin_bswap32(v);
    }
    static uint64_t of(uint64_t v) { return static_cast<uint64_t>(of(static_cast<uint32_t>(v))) << 32 | of(static_cast<uint32_t>(v >> 32)); }
};
void brev(Builder& b) { b.simple(b.type() == Type::B64 ? Step(unary<uint64_t, Reverse>) : unary<uint32_t, Reverse>, b.type()); }

// ---- fields
template <class T>
const Op* bfe(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a);
    auto *pos = w.row32(o->b), *len = w.row32(o->c);
    constexpr unsigned BITS = sizeof(T) * 8;
    each(w.act, [=](int l) {
        unsigned p = pos[l] & 0xFF, n = len[l] & 0xFF;
        T v = take<T>(a[l]);
        using U = std::make_unsigned_t<T>;
        U field = p >= BITS ? U{0} : static_cast<U>(static_cast<U>(v) >> p);
        if (n == 0)
            field = 0;
        else if (n < BITS)
            field &= (U{1} << n) - 1;
        if (std::is_signed_v<T> && n > 0) {
            unsigned top = p + n - 1 < BITS - 1 ? p + n - 1 : BITS - 1;
            bool sign = static_cast<U>(v) >> top & 1;
            unsigned have = p >= BITS ? 0 : (n < BITS - p ? n : BITS - p);
            if (sign && have < BITS) field |= have == 0 ? ~U{0} : ~U{0} << have;
        }
        d[l] = give<T>(static_cast<T>(field));
    });
    return o + 1;
}
void decodeBfe(Builder& b) {
    Type t = b.type();
    int d = b.out(0, t), a = b.in(1, t), p = b.in(2, Type::U32), n = b.in(3, Type::U32);
    Op& op = b.emit(t == Type::U32 ? bfe<uint32_t> : t == Type::S32 ? bfe<int32_t> : t == Type::U64 ? bfe<uint64_t> : bfe<int64_t>);
    op.d = d;
    op.a = a;
    op.b = p;
    op.c = n;
}
template <class T>
const Op* bfi(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a), *b = row<T>(w, o->b);
    auto *pos = w.row32(o->c), *len = w.row32(o->extra);
    constexpr unsigned BITS = sizeof(T) * 8;
    each(w.act, [=](int l) {
        unsigned p = pos[l] & 0xFF, n = len[l] & 0xFF;
        T mask = p >= BITS || n == 0 ? T{0} : static_cast<T>((n >= BITS ? ~T{0} : (T{1} << n) - 1) << p);
        d[l] = (b[l] & ~mask) | ((p >= BITS ? T{0} : a[l] << p) & mask);
    });
    return o + 1;
}
void decodeBfi(Builder& b) {
    Type t = b.type();
    int d = b.out(0, t), a = b.in(1, t), into = b.in(2, t), p = b.in(3, Type::U32), n = b.in(4, Type::U32);
    Op& op = b.emit(t == Type::B64 ? bfi<uint64_t> : bfi<uint32_t>);
    op.d = d;
    op.a = a;
    op.b = into;
    op.c = p;
    op.extra = n;
}
template <bool WRAP>
const Op* bmsk(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b);
    each(w.act, [=](int l) {
        unsigned p = WRAP ? a[l] & 31 : a[l], n = WRAP ? b[l] & 31 : b[l];
        uint64_t mask = n >= 32 ? ~0ull : (1ull << n) - 1;
        d[l] = p >= 32 ? 0 : static_cast<uint32_t>(mask << p);
    });
    return o + 1;
}
void decodeBmsk(Builder& b) { b.simple(b.s().has("wrap") ? bmsk<true> : bmsk<false>, Type::B32); }

// ---- prmt: bytes of {b, a} by selector; mode names the special forms
uint32_t permuted(uint32_t a, uint32_t b, uint32_t c, int mode) {
    uint64_t both = static_cast<uint64_t>(b) << 32 | a;
    uint32_t out = 0;
    unsigned s = c & 3;
    for (unsigned i = 0; i < 4; i++) {
        unsigned pick = 0;
        switch (mode) {
            case 0: pick = c >> (4 * i) & 15; break;
            case 1: pick = s + i; break;                                    // f4e: forward from s
            case 2: pick = (s - i) & 7; break;                              // b4e: backward
            case 3: pick = s; break;                                        // rc8: replicate
            case 4: pick = i < s ? s : i; break;                            // ecl: edge clamp left
            case 5: pick = i < s ? i : s; break;                            // ecr: edge clamp right
            case 6: pick = (s & 1) * 2 + (i & 1); break;                    // rc16
            default: break;
        }
        auto byte = static_cast<uint8_t>(both >> (8 * (pick & 7)));
        if (mode == 0 && (pick & 8)) byte = byte & 0x80 ? 0xFF : 0;
        out |= static_cast<uint32_t>(byte) << (8 * i);
    }
    return out;
}
const Op* prmt(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->c);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        d[l] = permuted(a[l], b[l], c[l], o->mode);
    }
    return o + 1;
}
void decodePrmt(Builder& b) {
    static const char* const MODES[] = {"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"};
    b.simple(prmt, Type::B32);
    for (int i = 0; i < 6; i++)
        if (b.s().has(MODES[i])) b.last().mode = static_cast<uint8_t>(i + 1);
}

const Op* lop3(Warp& w, const Op* o) {
    auto *d = w.row32(o->d), *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->c);
    auto table = static_cast<uint32_t>(o->imm);
    uint32_t t[8];
    for (int i = 0; i < 8; i++) t[i] = table >> i & 1 ? ~0u : 0u;
    each(w.act, [=](int l) {
        uint32_t x = a[l], y = b[l], z = c[l];
        d[l] = (t[0] & ~x & ~y & ~z) | (t[1] & ~x & ~y & z) | (t[2] & ~x & y & ~z) | (t[3] & ~x & y & z) | (t[4] & x & ~y & ~z) | (t[5] & x & ~y & z) |
               (t[6] & x & y & ~z) | (t[7] & x & y & z);
    });
    return o + 1;
}
void decodeLop3(Builder& b) {
    if (b.count() != 5) b.unsupported();
    int d = b.out(0, Type::B32), x = b.in(1, Type::B32), y = b.in(2, Type::B32), z = b.in(3, Type::B32);
    Op& op = b.emit(lop3);
    op.d = d;
    op.a = x;
    op.b = y;
    op.c = z;
    op.imm = b.operand(4).value;
}

}  // namespace

const Group LOGIC[] = {{"and", bitwise<And>}, {"or", bitwise<Or>}, {"xor", bitwise<Xor>}, {"not", bitNot}, {"cnot", cnot},
                       {"shl", shifts<ShiftLeft>}, {"shr", shifts<ShiftRight>}, {"shf", shf}, {"popc", counts<Popc>}, {"clz", counts<Clz>},
                       {"bfind", bfind}, {"brev", brev}, {"bfe", decodeBfe}, {"bfi", decodeBfi}, {"bmsk", decodeBmsk}, {"prmt", decodePrmt},
                       {"lop3", decodeLop3}, {nullptr, nullptr}};

}  // namespace emulator
