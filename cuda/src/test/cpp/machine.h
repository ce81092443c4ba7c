// Runs the blocks of a launch, one after another on each of a few host threads.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "warp.h"

namespace emulator {

/** One host thread's block: warps with their register files, shared and local memory. */
class Machine {
   public:
    Machine();
    ~Machine();
    void prepare(const Launch& launch, const volatile bool* stop);
    uint64_t run(uint64_t block);  // by its linear index; returns the warp instructions executed; throws Fault

   private:
    void special(Warp& w, const Program::SpecialRow& s, bool perBlock);
    void release();
    void finish(const std::vector<Warp*>& waiting);

    Block block_;
    std::vector<Warp> warps_;
    std::vector<unsigned> order_;
    char* files_ = nullptr;
    size_t filesBytes_ = 0;
    uint64_t seed_ = 0;
};

/** Run a whole grid; the fault of the first block that failed, if one did. */
std::optional<Fault> execute(const Launch& launch);

extern std::atomic<uint64_t> instructions, blocksRun, kernelNanos;

}  // namespace emulator
