// cp.async: copies from global to shared memory that land as late as the program permits, when a wait names their group.
#include "async.h"

#include "access.h"
#include "builder.h"

namespace emulator {
namespace {

using ptx::Type;

const Op* issue(Warp& w, const Op* o) {
    Shared& shared = w.block->shared;
    const auto* to32 = w.row32(o->d);
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        uint64_t to = o->mode ? w.row64(o->d)[l] : to32[l];
        to += static_cast<uint64_t>(static_cast<int64_t>(o->extra));
        unsigned n = o->size, read = o->c ? w.row32(o->c)[l] : n;
        if (to >= SHARED_WINDOW) to -= SHARED_WINDOW;
        if (read > n) w.fail(o, LAUNCH_FAILED, "cp.async reads more than it writes", l);
        uint64_t from = addressOf(w, o, l);
        if (from & (n - 1)) misaligned(w, o, from, n, l);
        if (read > 0) globalAt<Access::READ>(w, o, from, 1, l);
        for (unsigned i = 0; i < read; i++)
            if (!Memory::inside(from + i) || !Memory::written(from + i, 1)) readUnmarked(w, o, from + i, 1, l);
        if (to & (n - 1)) misaligned(w, o, to, n, l);
        if (!shared.holds(to, n)) sharedBounds(w, o, to, n, l);
        if (auto problem = shared.write(to, n, w.party(l), false, true); problem != Shared::NONE) sharedProblem(w, o, problem, l);
        w.copies.push_back({to, from, static_cast<uint8_t>(n), static_cast<uint8_t>(read), static_cast<uint8_t>(l), w.groups[l]});
    }
    return o + 1;
}

void land(Warp& w, const AsyncCopy& c) {
    Shared& shared = w.block->shared;
    char* to = shared.at(c.to);
    std::memcpy(to, reinterpret_cast<const char*>(c.from), c.read);
    std::memset(to + c.read, 0, static_cast<size_t>(c.bytes - c.read));
    shared.land(c.to, c.bytes, w.party(c.lane));
}

template <class F>
void landIf(Warp& w, F due) {
    size_t kept = 0;
    for (size_t i = 0; i < w.copies.size(); i++) {
        if (due(w.copies[i]))
            land(w, w.copies[i]);
        else
            w.copies[kept++] = w.copies[i];
    }
    w.copies.resize(kept);
}

const Op* commit(Warp& w, const Op* o) {
    for (uint32_t m = w.act; m; m &= m - 1) w.groups[std::countr_zero(m)]++;
    return o + 1;
}
const Op* waitGroup(Warp& w, const Op* o) {
    landIf(w, [&](const AsyncCopy& c) { return (w.act >> c.lane & 1) && c.group < w.groups[c.lane] - static_cast<int>(o->imm); });
    return o + 1;
}
const Op* waitAll(Warp& w, const Op* o) {
    landIf(w, [&](const AsyncCopy& c) { return w.act >> c.lane & 1; });
    return o + 1;
}

void decode(Builder& b) {
    if (b.word(1) != "async") b.unsupported();
    if (b.s().has("commit_group")) {
        b.emit(commit);
    } else if (b.s().has("wait_group")) {
        int64_t n = b.operand(0).value;
        b.emit(waitGroup).imm = n;
    } else if (b.s().has("wait_all")) {
        b.emit(waitAll);
    } else {
        if (b.s().has("mbarrier") || b.s().has("bulk")) b.unsupported();
        Op to, from;
        b.address(to, b.operand(0));
        b.address(from, b.operand(1));
        int64_t n = b.operand(2).value;
        if ((n != 4 && n != 8 && n != 16) || (b.s().has("cg") && n != 16)) b.unsupported("size");
        b.accesses(static_cast<unsigned>(n));
        int read = b.count() > 3 ? b.in(3, Type::U32) : 0;
        Op& op = b.emit(issue);
        op.d = to.a;
        op.mode = to.wide;
        op.extra = static_cast<int32_t>(to.imm);
        op.a = from.a;
        op.wide = from.wide;
        op.imm = from.imm;
        op.c = read;
        op.size = static_cast<uint8_t>(n);
        op.space = Space::GLOBAL;
    }
}

}  // namespace

void landAll(Warp& w) {
    landIf(w, [](const AsyncCopy&) { return true; });
}

const Group ASYNC[] = {{"cp", decode}, {nullptr, nullptr}};

}  // namespace emulator
