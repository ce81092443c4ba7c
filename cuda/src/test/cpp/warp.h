// A warp: 32 lanes in lock step. Lanes that branch apart become fragments; the fragment with the lowest pc runs first, and
// fragments that meet at a pc join. A collective op (barrier, shuffle, mma ...) parks its fragment until all lanes it names
// have come to it. A kernel in which they never come is reported, with the places where the lanes wait.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "memory.h"
#include "program.h"
#include "shared.h"
#include "status.h"

namespace emulator {

struct Launch {
    const Program* program;
    unsigned grid[3], block[3];
    unsigned dynamicShared;
    std::vector<char> parameters;
    bool early = false;  // it may begin while earlier kernels of the stream run
    unsigned threads() const { return block[0] * block[1] * block[2]; }
    uint64_t blocks() const { return uint64_t{grid[0]} * grid[1] * grid[2]; }
};

/** What the warps of the block that runs share. */
struct Block {
    const Launch* launch;
    const Program* program;
    unsigned id[3];
    Shared shared;
    std::vector<char> local;
    uint64_t allowedFrom = 0, allowedTo = 0;  // the allocation that was written to last
    uint64_t ownFrom = 0, ownTo = 0;          // the same, once it is noted that kernels write it
    uint64_t cleanFrom = 0, cleanTo = 0;      // the allocation that was read early last: no kernel writes it
    int64_t budget = 0;                       // warp instructions left
    unsigned arrived[16] = {};                // threads that went on from bar.arrive, for each barrier
    const volatile bool* stop = nullptr;      // set when another block failed
};

struct AsyncCopy {
    uint64_t to;
    uint64_t from;
    uint8_t bytes, read;
    uint8_t lane;
    int group;  // counts commits
};

enum class State { READY, BARRIER, DONE };

struct Warp {
    char* r = nullptr;  // the register file
    uint32_t act = 0;   // lanes that run
    uint32_t live = 0;  // lanes that have not exited
    uint32_t awaited = 0;  // lanes that need not wait for earlier kernels any more
    const Op* stop = nullptr;  // where the lanes that run meet others, or null to leave the loop
    Block* block = nullptr;
    unsigned id = 0;
    unsigned syncs = 0;
    State state = State::READY;
    const Op* pc = nullptr;  // where it goes on, when it does not run
    uint64_t executed = 0;
    int barrier = 0;         // the one it waits at
    unsigned expected = 0;   // threads that the barrier waits for; 0: all of the block
    uint32_t carry = 0;  // condition code, a bit for each lane
    struct Fragment {
        const Op* pc;
        uint32_t lanes;
        bool parked;
    };
    Fragment fragments[33];
    int waiting = 0;  // fragments in use
    std::vector<AsyncCopy> copies;
    int groups[32] = {};

    void start(unsigned lanes);
    void run();

    /** Go on at pc, where other fragments exist: the lowest pc runs. */
    const Op* jump(const Op* to) { return waiting == 0 ? to : rejoin(to); }
    const Op* rejoin(const Op* at);
    const Op* park(const Op* at);
    const Op* exit();
    void split(const Op* at, uint32_t lanes);  // these lanes leave the ones that run

    uint32_t* row32(int offset) { return reinterpret_cast<uint32_t*>(__builtin_assume_aligned(r + offset, 64)); }
    uint64_t* row64(int offset) { return reinterpret_cast<uint64_t*>(__builtin_assume_aligned(r + offset, 64)); }
    uint32_t& bits(int offset) { return *reinterpret_cast<uint32_t*>(r + offset); }
    unsigned thread(int lane) const { return id * 32 + static_cast<unsigned>(lane); }
    Shared::Party party(int lane) const { return {thread(lane), syncs}; }

    [[noreturn]] void fail(const Op* op, Status status, const std::string& what, int lane = -1) const;

   private:
    void add(const Op* at, uint32_t lanes, bool parked);
    const Op* choose();
    void deadlock();
    static constexpr uint32_t ALL = ~0u;
};

extern const Op* const NOWHERE;  // a stop that no pc reaches

/** Lanes that a collective op waits for. */
uint32_t members(Warp& w, const Op* op);

// ---- loops over lanes
template <class F>
inline __attribute__((always_inline)) void each(uint32_t act, F f) {
    if (act == ~0u) {
#pragma GCC ivdep
        for (int l = 0; l < 32; l++) f(l);
    } else {
        for (uint32_t m = act; m; m &= m - 1) f(std::countr_zero(m));
    }
}

// ---- values in cells
struct Half {
    uint16_t bits;
};
struct Brain {
    uint16_t bits;
};

template <class T>
using Lane = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class T>
inline T take(Lane<T> v) {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
        return std::bit_cast<T>(v);
    else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Brain>)
        return T{static_cast<uint16_t>(v)};
    else
        return static_cast<T>(v);
}
template <class T>
inline Lane<T> give(T v) {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
        return std::bit_cast<Lane<T>>(v);
    else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Brain>)
        return v.bits;
    else
        return static_cast<Lane<T>>(v);
}
template <class T>
inline Lane<T>* row(Warp& w, int offset) {
    return reinterpret_cast<Lane<T>*>(__builtin_assume_aligned(w.r + offset, 64));
}

uint32_t maskOf(const int32_t (&lanes)[32]);  // the sign bits

}  // namespace emulator
