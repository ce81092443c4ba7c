// Ops that lanes do together: barriers, shuffles, votes, matches, reductions. Reference: PTX ISA, "Parallel Synchronization and
// Communication Instructions" and "shfl.sync".
#include "builder.h"

namespace emulator {
namespace {

using ptx::Type;

/** True if all lanes that op's mask names are here; else the op must park. Checks that the lanes agree on the mask. */
bool gathered(Warp& w, const Op* o) {
    uint32_t first = w.row32(o->c)[std::countr_zero(w.act)];
    if (first == ~0u && w.act == w.live) return true;
    const uint32_t* masks = w.row32(o->c);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        if (masks[l] != first) w.fail(o, LAUNCH_FAILED, "lanes disagree about the mask of a warp collective", l);
        if (!(first >> l & 1)) w.fail(o, LAUNCH_FAILED, "a lane is not named in the mask of its own warp collective", l);
    }
    return (first & w.live & ~w.act) == 0;
}

// ---- shuffles. mode: 0 up, 1 down, 2 bfly, 3 idx
template <int MODE>
const Op* shfl(Warp& w, const Op* o) {
    if (!gathered(w, o)) return w.park(o);
    const uint32_t *a = w.row32(o->a), *b = w.row32(o->b), *c = w.row32(o->extra);
    alignas(64) uint32_t from[32], value[32], in[32];
    for (uint32_t l = 0; l < 32; l++) {
        uint32_t n = b[l] & 31, clamp = c[l] & 31, segment = c[l] >> 8 & 31;
        uint32_t most = (l & segment) | (clamp & ~segment), least = l & segment;
        uint32_t j = MODE == 0 ? l - n : MODE == 1 ? l + n : MODE == 2 ? l ^ n : least | (n & ~segment);
        bool inside = MODE == 0 ? static_cast<int32_t>(j) >= static_cast<int32_t>(most) : j <= most;
        in[l] = inside;
        from[l] = inside ? j : l;
        value[l] = a[l];
    }
    if (w.act != ~0u)
        for (uint32_t m = w.act; m; m &= m - 1) {
            int l = std::countr_zero(m);
            if (!(w.act >> from[l] & 1))
                w.fail(o, LAUNCH_FAILED, "shuffle reads lane " + std::to_string(from[l]) + (w.live >> from[l] & 1 ? ", which is not in the mask" : ", which has exited or never was"), l);
        }
    uint32_t* d = w.row32(o->d);
    each(w.act, [&](int l) { d[l] = value[from[l]]; });
    if (o->imm >= 0) {
        uint32_t p = 0;
        for (int l = 0; l < 32; l++) p |= in[l] << l;
        uint32_t& to = w.bits(static_cast<int>(o->imm));
        to = (to & ~w.act) | (p & w.act);
    }
    return o + 1;
}
void decodeShfl(Builder& b) {
    b.permit({"sync", "up", "down", "bfly", "idx"});
    if (!b.s().has("sync")) b.unsupported("shfl without .sync");
    const auto& to = b.operand(0);
    int d = b.out(to, Type::B32), p = to.items.empty() ? -1 : b.out(to.items[0], Type::PRED);
    int a = b.in(1, Type::B32), n = b.in(2, Type::B32), clamp = b.in(3, Type::B32), mask = b.in(4, Type::B32);
    Op& op = b.collective(b.s().has("up") ? shfl<0> : b.s().has("down") ? shfl<1> : b.s().has("bfly") ? shfl<2> : shfl<3>);
    op.d = d;
    op.a = a;
    op.b = n;
    op.extra = clamp;
    op.c = mask;
    op.imm = p;
}

// ---- votes. mode: 0 ballot, 1 all, 2 any, 3 uni
const Op* vote(Warp& w, const Op* o) {
    if (!gathered(w, o)) return w.park(o);
    uint32_t yes = w.bits(o->a) & w.act;
    if (o->mode == 0) {
        uint32_t* d = w.row32(o->d);
        each(w.act, [=](int l) { d[l] = yes; });
    } else {
        bool v = o->mode == 1 ? yes == w.act : o->mode == 2 ? yes != 0 : yes == 0 || yes == w.act;
        uint32_t& d = w.bits(o->d);
        d = (d & ~w.act) | (v ? w.act : 0);
    }
    return o + 1;
}
void decodeVote(Builder& b) {
    b.permit({"sync", "ballot", "all", "any", "uni"});
    if (!b.s().has("sync")) b.unsupported("vote without .sync");
    int mode = b.s().has("ballot") ? 0 : b.s().has("all") ? 1 : b.s().has("any") ? 2 : 3;
    int d = b.out(0, mode == 0 ? Type::B32 : Type::PRED), a = b.predicate(b.operand(1), true), mask = b.in(2, Type::B32);
    Op& op = b.collective(vote);
    op.d = d;
    op.a = a;
    op.c = mask;
    op.mode = static_cast<uint8_t>(mode);
}

template <class T>
const Op* match(Warp& w, const Op* o) {
    if (!gathered(w, o)) return w.park(o);
    const auto* a = row<T>(w, o->a);
    uint32_t same[32];
    for (int l = 0; l < 32; l++) {
        same[l] = 0;
        for (int j = 0; j < 32; j++) same[l] |= static_cast<uint32_t>(a[l] == a[j]) << j;
        same[l] &= w.act;
        if (o->mode) same[l] = same[l] == w.act ? w.act : 0;
    }
    uint32_t* d = w.row32(o->d);
    uint32_t p = 0;
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        d[l] = same[l];
        p |= static_cast<uint32_t>(same[l] != 0) << l;
    }
    if (o->imm >= 0) {
        uint32_t& to = w.bits(static_cast<int>(o->imm));
        to = (to & ~w.act) | p;
    }
    return o + 1;
}
void decodeMatch(Builder& b) {
    b.permit({"sync", "any", "all"});
    Type t = b.type();
    const auto& to = b.operand(0);
    int d = b.out(to, Type::B32), p = to.items.empty() ? -1 : b.out(to.items[0], Type::PRED), a = b.in(1, t), mask = b.in(2, Type::B32);
    Op& op = b.collective(t == Type::B64 ? match<uint64_t> : match<uint32_t>);
    op.d = d;
    op.a = a;
    op.c = mask;
    op.imm = p;
    op.mode = b.s().has("all");
}

const Op* redux(Warp& w, const Op* o) {
    if (!gathered(w, o)) return w.park(o);
    const uint32_t* a = w.row32(o->a);
    uint32_t v = a[std::countr_zero(w.act)];
    for (uint32_t m = w.act & (w.act - 1); m; m &= m - 1) {
        uint32_t x = a[std::countr_zero(m)];
        auto i = static_cast<int32_t>(x), j = static_cast<int32_t>(v);
        switch (o->mode) {
            case 0: v += x; break;
            case 1: v &= x; break;
            case 2: v |= x; break;
            case 3: v ^= x; break;
            case 4: v = x < v ? x : v; break;
            case 5: v = x > v ? x : v; break;
            case 6: v = i < j ? x : v; break;
            default: v = i > j ? x : v; break;
        }
    }
    uint32_t* d = w.row32(o->d);
    each(w.act, [=](int l) { d[l] = v; });
    return o + 1;
}
void decodeRedux(Builder& b) {
    b.permit({"sync", "add", "and", "or", "xor", "min", "max"});
    bool isSigned = b.type() == Type::S32;
    int mode = b.s().has("add") ? 0 : b.s().has("and") ? 1 : b.s().has("or") ? 2 : b.s().has("xor") ? 3 : (b.s().has("min") ? 4 : 5) + (isSigned ? 2 : 0);
    int d = b.out(0, Type::B32), a = b.in(1, Type::B32), mask = b.in(2, Type::B32);
    Op& op = b.collective(redux);
    op.d = d;
    op.a = a;
    op.c = mask;
    op.mode = static_cast<uint8_t>(mode);
}

void decodeActivemask(Builder& b) {
    int d = b.out(0, Type::B32);
    b.emit([](Warp& w, const Op* o) -> const Op* {
        uint32_t* to = w.row32(o->d);
        uint32_t act = w.act;
        each(act, [=](int l) { to[l] = act; });
        return o + 1;
    }).d = d;
}

// ---- barriers
const Op* syncWarp(Warp& w, const Op* o) {
    if (!gathered(w, o)) return w.park(o);
    w.syncs++;
    return o + 1;
}

// a: barrier; b: its threads, or 0 rows; for reductions d, c: predicate, mode: 1 popc, 2 and, 3 or; vec 2: arrive and go on
const Op* barrier(Warp& w, const Op* o) {
    if (w.act != w.live) return w.park(o);
    int lane = std::countr_zero(w.act);
    uint32_t which = w.row32(o->a)[lane];
    if (which > 15) w.fail(o, LAUNCH_FAILED, "barrier " + std::to_string(which) + " does not exist", lane);
    w.barrier = static_cast<int>(which);
    w.expected = o->b ? w.row32(o->b)[lane] : 0;
    if (w.expected % 32) w.fail(o, LAUNCH_FAILED, "a barrier for a part of a warp", lane);
    if (o->vec == 2) {
        w.block->arrived[which] += 32;
        w.block->shared.tolerant();
        return o + 1;
    }
    w.state = State::BARRIER;
    w.pc = o;
    w.stop = nullptr;
    return nullptr;
}
void decodeBarrier(Builder& b) {
    if (b.s().has("warp")) {
        int mask = b.in(0, Type::B32);
        b.collective(syncWarp).c = mask;
        return;
    }
    b.permit({"sync", "red", "arrive", "aligned", "cta", "popc", "and", "or"});
    bool red = b.s().has("red"), arrive = b.s().has("arrive");
    int mode = !red ? 0 : b.s().has("popc") ? 1 : b.s().has("and") ? 2 : 3;
    size_t at = red ? 1 : 0;
    int d = mode == 1 ? b.out(0, Type::U32) : red ? b.out(0, Type::PRED) : 0;
    int which = b.in(at, Type::U32);
    bool counted = b.count() > at + (red ? 2 : 1);
    int threads = counted ? b.in(at + 1, Type::U32) : 0;
    int p = red ? b.predicate(b.operand(b.count() - 1), true) : 0;
    Op& op = b.collective(barrier);
    op.a = which;
    op.b = threads;
    op.c = p;
    op.d = d;
    op.mode = static_cast<uint8_t>(mode);
    op.vec = arrive ? 2 : 1;
    op.aligned = true;
}

}  // namespace

const Group COLLECTIVE[] = {{"shfl", decodeShfl}, {"vote", decodeVote}, {"match", decodeMatch}, {"redux", decodeRedux}, {"activemask", decodeActivemask},
                            {"bar", decodeBarrier}, {"barrier", decodeBarrier}, {nullptr, nullptr}};

}  // namespace emulator
