// How an instruction reaches memory: address, alignment, bounds, and what the shadow says. Faults name what was wrong.
#pragma once
#include "spaces.h"
#include "warp.h"

namespace emulator {

enum class Access { READ, WRITE, ATOMIC };

inline uint64_t addressOf(Warp& w, const Op* o, int lane) {
    return (o->wide ? w.row64(o->a)[lane] : w.row32(o->a)[lane]) + static_cast<uint64_t>(o->imm);
}

[[noreturn]] void misaligned(const Warp& w, const Op* o, uint64_t address, unsigned n, int lane);
void readUnmarked(Warp& w, const Op* o, uint64_t address, unsigned n, int lane);
void writeUnmarked(Warp& w, const Op* o, uint64_t address, unsigned n, int lane);
void noteWrite(Warp& w, uint64_t address);
/** An access of a lane that has not awaited earlier kernels: those may be writing what it reads and reading what it writes. */
void earlyAccess(Warp& w, const Op* o, uint64_t address, bool write, int lane);
void sharedBounds(const Warp& w, const Op* o, uint64_t offset, unsigned n, int lane);
[[noreturn]] void sharedProblem(const Warp& w, const Op* o, Shared::Problem problem, int lane);
char* localAt(Warp& w, const Op* o, uint64_t offset, unsigned n, int lane);

template <Access A>
inline __attribute__((always_inline)) char* globalAt(Warp& w, const Op* o, uint64_t a, unsigned n, int lane) {
    if (a & (n - 1)) [[unlikely]] misaligned(w, o, a, n, lane);
    if (!Memory::inside(a) || !Memory::written(a, n)) [[unlikely]] {
        if (A == Access::WRITE)
            writeUnmarked(w, o, a, n, lane);
        else
            readUnmarked(w, o, a, n, lane);
    }
    if (!(w.awaited >> lane & 1)) [[unlikely]] earlyAccess(w, o, a, A != Access::READ, lane);
    if (A != Access::READ && (a < w.block->ownFrom || a >= w.block->ownTo)) [[unlikely]] noteWrite(w, a);
    return reinterpret_cast<char*>(a);
}

template <Access A>
inline __attribute__((always_inline)) char* sharedAt(Warp& w, const Op* o, uint64_t offset, unsigned n, int lane) {
    Shared& shared = w.block->shared;
    if (offset & (n - 1)) [[unlikely]] misaligned(w, o, offset, n, lane);
    if (!shared.holds(offset, n)) [[unlikely]] sharedBounds(w, o, offset, n, lane);
    Shared::Problem problem;
    if (A == Access::READ)
        problem = shared.read(offset, n, w.party(lane));
    else if (A == Access::WRITE)
        problem = shared.write(offset, n, w.party(lane));
    else
        problem = shared.writtenAt(offset, n) ? shared.write(offset, n, w.party(lane), true) : Shared::UNWRITTEN;
    if (problem != Shared::NONE) [[unlikely]] sharedProblem(w, o, problem, lane);
    return shared.at(offset);
}

/** The host address of n bytes at an address of any space. */
template <Access A>
inline char* locate(Warp& w, const Op* o, uint64_t a, unsigned n, int lane) {
    switch (o->space) {
        case Space::GLOBAL: return globalAt<A>(w, o, a, n, lane);
        case Space::SHARED: return sharedAt<A>(w, o, a, n, lane);
        case Space::LOCAL: return localAt(w, o, a, n, lane);
        default:
            if (a >= LOCAL_WINDOW) return localAt(w, o, a - LOCAL_WINDOW, n, lane);
            if (a >= SHARED_WINDOW) return sharedAt<A>(w, o, a - SHARED_WINDOW, n, lane);
            return globalAt<A>(w, o, a, n, lane);
    }
}

}  // namespace emulator
