// atom and red. Reference: PTX ISA, "Parallel Synchronization and Communication Instructions: atom". Lanes go one after another.
#include "access.h"
#include "builder.h"
#include "floats.h"

namespace emulator {
namespace {

using ptx::Type;

enum What { ADD, MIN, MAX, AND, OR, XOR, EXCHANGE, CAS, INC, DEC };

template <class T>
T applied(int what, T old, T b, T c) {
    if constexpr (std::is_floating_point_v<T>) {
        return what == ADD ? old + b : what == MIN ? lesser(old, b) : what == MAX ? greater(old, b) : b;
    } else {
        using U = std::make_unsigned_t<T>;
        switch (what) {
            case ADD: return static_cast<T>(static_cast<U>(old) + static_cast<U>(b));
            case MIN: return old < b ? old : b;
            case MAX: return old > b ? old : b;
            case AND: return old & b;
            case OR: return old | b;
            case XOR: return old ^ b;
            case EXCHANGE: return b;
            case CAS: return old == b ? c : old;
            case INC: return old >= b ? T{0} : static_cast<T>(old + 1);
            default: return old == 0 || old > b ? b : static_cast<T>(old - 1);
        }
    }
}

template <class T>
const Op* atom(Warp& w, const Op* o) {
    using B = Lane<T>;
    auto *b = row<T>(w, o->b), *c = row<T>(w, o->c);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        auto* p = reinterpret_cast<B*>(locate<Access::ATOMIC>(w, o, addressOf(w, o, l), sizeof(T), l));
        B old = __atomic_load_n(p, __ATOMIC_RELAXED), now;
        do now = give<T>(applied<T>(o->mode, take<T>(old), take<T>(b[l]), take<T>(c[l])));
        while (!__atomic_compare_exchange_n(p, &old, now, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
        row<T>(w, o->d)[l] = old;
    }
    return o + 1;
}

/** Pairs of halves: each half on its own, but the pair is swapped as a whole here. */
template <class H>
const Op* atomPair(Warp& w, const Op* o) {
    auto* b = w.row32(o->b);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        auto* p = reinterpret_cast<uint32_t*>(locate<Access::ATOMIC>(w, o, addressOf(w, o, l), 4, l));
        auto sum = [](uint32_t x, uint32_t y) -> uint32_t {
            return narrow<H>(static_cast<double>(widen(H{static_cast<uint16_t>(x)})) + static_cast<double>(widen(H{static_cast<uint16_t>(y)}))).bits;
        };
        uint32_t old = __atomic_load_n(p, __ATOMIC_RELAXED), now;
        do now = sum(old, b[l]) | sum(old >> 16, b[l] >> 16) << 16;
        while (!__atomic_compare_exchange_n(p, &old, now, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
        w.row32(o->d)[l] = old;
    }
    return o + 1;
}

void decode(Builder& b) {
    b.permit({"global", "shared", "shared::cta", "relaxed", "acquire", "release", "acq_rel", "cta", "gpu", "sys", "noftz", "add", "min", "max", "and", "or", "xor", "exch", "cas",
              "inc", "dec"});
    static const char* const NAMES[] = {"add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec"};
    int what = -1;
    for (int i = 0; i < 10; i++)
        if (b.s().has(NAMES[i])) what = i;
    if (what < 0) b.unsupported();
    Type t = b.type();
    bool returns = b.word(0) == "atom";
    size_t at = returns ? 1 : 0;
    Step step = t == Type::U32 || t == Type::B32   ? atom<uint32_t>
                : t == Type::S32                   ? atom<int32_t>
                : t == Type::U64 || t == Type::B64 ? atom<uint64_t>
                : t == Type::S64                   ? atom<int64_t>
                : t == Type::F32                   ? atom<float>
                : t == Type::F64                   ? atom<double>
                : t == Type::F16X2                 ? atomPair<Half>
                : t == Type::BF16X2                ? atomPair<Brain>
                                                   : Step(nullptr);
    if (!step || ((t == Type::F16X2 || t == Type::BF16X2) && what != ADD)) b.unsupported();
    Op place;
    b.address(place, b.operand(at));
    int value = b.in(at + 1, t), other = what == CAS ? b.in(at + 2, t) : value;
    int d = returns ? b.out(0, t) : b.sink(ptx::bytesOf(t) == 8);
    Space space = b.s().has("global") ? Space::GLOBAL : b.s().has("shared") || b.s().has("shared::cta") ? Space::SHARED : Space::GENERIC;
    if (space != Space::GLOBAL) b.accesses(ptx::bytesOf(t));
    Op& op = b.emit(step);
    op.imm = place.imm;
    op.a = place.a;
    op.wide = place.wide;
    op.space = space;
    op.d = d;
    op.b = value;
    op.c = other;
    op.mode = static_cast<uint8_t>(what);
}

}  // namespace

const Group ATOMICS[] = {{"atom", decode}, {"red", decode}, {nullptr, nullptr}};

}  // namespace emulator
