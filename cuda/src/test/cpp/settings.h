// What a test may choose; the environment sets it at start, the control functions later.
#pragma once
#include <atomic>
#include <cstdint>

namespace emulator {

struct Settings {
    std::atomic<int64_t> lazy;         // PIE_EMULATOR_LAZY: 1 an operation runs only when something waits for it, 0 at once
    std::atomic<int64_t> order;        // PIE_EMULATOR_ORDER: blocks and warps forward (0), backward (1) or shuffled by this seed
    std::atomic<int64_t> threads;      // PIE_EMULATOR_THREADS: host threads that run blocks
    std::atomic<int64_t> memory;       // PIE_EMULATOR_MEMORY: bytes of the device
    std::atomic<int64_t> approximate;  // PIE_EMULATOR_APPROXIMATE: seed of errors within what .approx permits; 0 rounds correctly
    std::atomic<int64_t> budget;       // PIE_EMULATOR_BUDGET: warp instructions a block may run before the kernel timed out
    std::atomic<int64_t> capability;   // PIE_EMULATOR_CAPABILITY: 80, 89, 90 ...
    std::atomic<int64_t> verbose;      // PIE_EMULATOR_VERBOSE: findings also go to stderr
    Settings() { reset(); }
    void reset();
    std::atomic<int64_t>* named(const char* name);
};

extern Settings settings;

}  // namespace emulator
