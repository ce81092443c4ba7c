#include "shared.h"

#include <bit>

namespace emulator {

void Shared::prepare(unsigned bytes, unsigned cell) {
    size_ = bytes;
    shift_ = static_cast<unsigned>(std::countr_zero(cell));
    bytes_.assign(bytes + 64, static_cast<char>(0xFF));
    cells_.assign((bytes >> shift_) + 2, Cell{});
    epoch_ = first_ = 1;
    tolerant_ = false;
}

std::string Shared::explain(Problem problem) const {
    std::string other = "thread " + std::to_string(other_ & THREAD) + (other_ & MANY_WARPS ? " and threads of other warps" : other_ & MANY_THREADS ? " and others of its warp" : "");
    if (other_ & FLIGHT) return "shared-memory race: a copy by " + other + " is in flight there, not waited for";
    switch (problem) {
        case UNWRITTEN: return "uninitialised read of shared memory";
        case READ_AFTER_WRITE: return "shared-memory race: read after a write by " + other + ", no barrier between";
        case WRITE_AFTER_WRITE: return "shared-memory race: write after a write by " + other + ", no barrier between";
        case WRITE_AFTER_READ: return "shared-memory race: write after a read by " + other + ", no barrier between";
        default: return "";
    }
}

}  // namespace emulator
