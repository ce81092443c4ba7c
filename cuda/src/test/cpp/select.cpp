// setp, set, selp, slct. Reference: PTX ISA, "Comparison and Selection Instructions".
#include "floats.h"
#include "lanewise.h"

namespace emulator {
namespace {

using ptx::Type;

enum Compare { EQ, NE, LT, LE, GT, GE, EQU, NEU, LTU, LEU, GTU, GEU, NAN_, NUM };

template <class T>
inline auto comparable(T v) {
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Brain>)
        return toFloat(v);
    else
        return v;
}

template <int C, class V>
inline bool holds(V x, V y) {
    bool unordered = x != x || y != y;
    switch (C) {
        case EQ: return x == y;
        case NE: return !unordered && x != y;
        case LT: return x < y;
        case LE: return x <= y;
        case GT: return x > y;
        case GE: return x >= y;
        case EQU: return unordered || x == y;
        case NEU: return unordered || x != y;
        case LTU: return unordered || x < y;
        case LEU: return unordered || x <= y;
        case GTU: return unordered || x > y;
        case GEU: return unordered || x >= y;
        case NAN_: return unordered;
        default: return !unordered;
    }
}

// mode: 0 none, 1 and, 2 or, 3 xor with c; 4 flush; b of "p|q" in extra
template <class T, int C>
const Op* setp(Warp& w, const Op* o) {
    auto *a = row<T>(w, o->a), *b = row<T>(w, o->b);
    alignas(64) int32_t lanes[32];
    if (std::is_same_v<T, float> && (o->mode & 4)) {
        for (int l = 0; l < 32; l++)
            lanes[l] = holds<C>(flush(std::bit_cast<float>(static_cast<uint32_t>(a[l]))), flush(std::bit_cast<float>(static_cast<uint32_t>(b[l])))) ? -1 : 0;
    } else {
        for (int l = 0; l < 32; l++) lanes[l] = holds<C>(comparable(take<T>(a[l])), comparable(take<T>(b[l]))) ? -1 : 0;
    }
    uint32_t v = maskOf(lanes), q = ~v;
    if (int how = o->mode & 3) {
        uint32_t c = w.bits(o->c);
        auto with = [&](uint32_t x) { return how == 1 ? x & c : how == 2 ? x | c : x ^ c; };
        v = with(v);
        q = with(q);
    }
    uint32_t& d = w.bits(o->d);
    d = (d & ~w.act) | (v & w.act);
    if (o->extra) {
        uint32_t& e = w.bits(o->extra);
        e = (e & ~w.act) | (q & w.act);
    }
    return o + 1;
}

template <class T>
Step compare(int c) {
    static constexpr Step ALL[] = {setp<T, EQ>,  setp<T, NE>,  setp<T, LT>,  setp<T, LE>,  setp<T, GT>,   setp<T, GE>,   setp<T, EQU>,
                                   setp<T, NEU>, setp<T, LTU>, setp<T, LEU>, setp<T, GTU>, setp<T, GEU>, setp<T, NAN_>, setp<T, NUM>};
    return ALL[c];
}

int comparison(const Builder& b) {
    static const char* const NAMES[] = {"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "nan", "num"};
    static const char* const UNSIGNED[] = {"lo", "ls", "hi", "hs"};
    for (int i = 0; i < 14; i++)
        if (b.word(1) == NAMES[i]) return i;
    for (int i = 0; i < 4; i++)
        if (b.word(1) == UNSIGNED[i]) return LT + i;
    b.unsupported("comparison");
}

void decodeComparison(Builder& b, int d, int other, Type t) {
    b.permit({b.word(1).c_str(), "and", "or", "xor", "ftz"});
    int c = comparison(b);
    Step step = t == Type::F16    ? compare<Half>(c)
                : t == Type::BF16 ? compare<Brain>(c)
                : t == Type::F32  ? compare<float>(c)
                : t == Type::F64  ? compare<double>(c)
                                  : byInteger(t, [c]<class T>() -> Step { return compare<T>(c); });
    if (!step) b.unsupported();
    int how = b.s().has("and") ? 1 : b.s().has("or") ? 2 : b.s().has("xor") ? 3 : 0;
    int x = b.in(1, t), y = b.in(2, t), p = how ? b.predicate(b.operand(3), true) : 0;
    Op& op = b.emit(step);
    op.d = d;
    op.a = x;
    op.b = y;
    op.c = p;
    op.extra = other;
    op.mode = static_cast<uint8_t>(how | (b.s().has("ftz") ? 4 : 0));
}

void decodeSetp(Builder& b) {
    const auto& to = b.operand(0);
    int d = b.out(to, Type::PRED);
    int other = to.items.empty() ? 0 : b.out(to.items[0], Type::PRED);
    decodeComparison(b, d, other, b.type());
}

template <class T>
const Op* selp(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a), *b = row<T>(w, o->b);
    uint32_t p = w.bits(o->c);
    each(w.act, [=](int l) { d[l] = p >> l & 1 ? a[l] : b[l]; });
    return o + 1;
}
Step selection(Type t) { return ptx::bytesOf(t) == 8 ? Step(selp<uint64_t>) : selp<uint32_t>; }

void decodeSelp(Builder& b) {
    Type t = b.type();
    int p = b.predicate(b.operand(3), true), d = b.out(0, t), x = b.in(1, t), y = b.in(2, t);
    Op& op = b.emit(selection(t));
    op.d = d;
    op.a = x;
    op.b = y;
    op.c = p;
}

void decodeSet(Builder& b) {
    Type from = b.type(), to = ptx::typeOf(b.word(b.s().op.size() - 2));
    if (ptx::bytesOf(to) != 4) b.unsupported();
    int p = b.temporary(false);
    decodeComparison(b, p, 0, from);
    int yes = b.constant(to == Type::F32 ? 0x3F800000u : 0xFFFFFFFFu, false), no = b.constant(0, false), d = b.out(0, to);
    Op& op = b.emit(selection(to));
    op.d = d;
    op.a = yes;
    op.b = no;
    op.c = p;
}

template <class T, bool REAL>
const Op* slct(Warp& w, const Op* o) {
    auto *d = row<T>(w, o->d), *a = row<T>(w, o->a), *b = row<T>(w, o->b);
    auto* c = w.row32(o->c);
    each(w.act, [=](int l) {
        bool first = REAL ? std::bit_cast<float>(c[l]) >= 0 : static_cast<int32_t>(c[l]) >= 0;
        d[l] = first ? a[l] : b[l];
    });
    return o + 1;
}
void decodeSlct(Builder& b) {
    Type t = ptx::typeOf(b.word(b.s().op.size() - 2)), by = b.type();
    bool wide = ptx::bytesOf(t) == 8, real = by == Type::F32;
    int d = b.out(0, t), x = b.in(1, t), y = b.in(2, t), c = b.in(3, by);
    Op& op = b.emit(wide ? (real ? slct<uint64_t, true> : slct<uint64_t, false>) : (real ? slct<uint32_t, true> : slct<uint32_t, false>));
    op.d = d;
    op.a = x;
    op.b = y;
    op.c = c;
}

}  // namespace

const Group SELECT[] = {{"setp", decodeSetp}, {"set", decodeSet}, {"selp", decodeSelp}, {"slct", decodeSlct}, {nullptr, nullptr}};

}  // namespace emulator
