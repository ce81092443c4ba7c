#include "access.h"

namespace emulator {
namespace {

std::string bytes(unsigned n) { return std::to_string(n) + (n == 1 ? " byte" : " bytes"); }

}  // namespace

void misaligned(const Warp& w, const Op* o, uint64_t address, unsigned n, int lane) {
    char at[32];
    std::snprintf(at, sizeof at, "0x%llx", static_cast<unsigned long long>(address));
    w.fail(o, MISALIGNED_ADDRESS, "misaligned access of " + bytes(n) + " at " + at, lane);
}

void readUnmarked(Warp& w, const Op* o, uint64_t address, unsigned n, int lane) {
    auto a = Memory::device().find(address);
    if (a && a->holds(address, n)) {
        if (!Memory::inside(address)) return;  // registered host memory has no shadow
        w.fail(o, ILLEGAL_ADDRESS,
               "uninitialised read of " + bytes(n) + " at byte " + std::to_string(address - a->address) + " of an allocation of " + bytes(static_cast<unsigned>(a->bytes)), lane);
    }
    w.fail(o, ILLEGAL_ADDRESS, "out-of-bounds read of " + bytes(n) + ", " + Memory::device().describe(address, n), lane);
}

void writeUnmarked(Warp& w, const Op* o, uint64_t address, unsigned n, int lane) {
    Block& b = *w.block;
    if (address < b.allowedFrom || address >= b.allowedTo || n > b.allowedTo - address) {
        auto a = Memory::device().find(address);
        if (!a || !a->holds(address, n)) w.fail(o, ILLEGAL_ADDRESS, "out-of-bounds write of " + bytes(n) + ", " + Memory::device().describe(address, n), lane);
        b.allowedFrom = a->address;
        b.allowedTo = a->end();
    }
    Memory::mark(address, n);
}

void noteWrite(Warp& w, uint64_t address) {
    if (auto a = Memory::device().writtenByKernel(address)) {
        w.block->ownFrom = a->address;
        w.block->ownTo = a->end();
    }
}

void earlyAccess(Warp& w, const Op* o, uint64_t address, bool write, int lane) {
    if (write) w.fail(o, LAUNCH_FAILED, "a write before griddepcontrol.wait: earlier kernels may still read there", lane);
    Block& b = *w.block;
    if (address >= b.cleanFrom && address < b.cleanTo) return;
    auto a = Memory::device().find(address);
    if (a && a->byKernels) w.fail(o, LAUNCH_FAILED, "a read before griddepcontrol.wait, of memory that kernels write", lane);
    if (!a) return;
    b.cleanFrom = a->address;
    b.cleanTo = a->end();
}

void sharedBounds(const Warp& w, const Op* o, uint64_t offset, unsigned n, int lane) {
    w.fail(o, ILLEGAL_ADDRESS, "out-of-bounds access of " + bytes(n) + " at byte " + std::to_string(offset) + " of " + bytes(w.block->shared.size()) + " of shared memory", lane);
}

void sharedProblem(const Warp& w, const Op* o, Shared::Problem problem, int lane) { w.fail(o, LAUNCH_FAILED, w.block->shared.explain(problem), lane); }

char* localAt(Warp& w, const Op* o, uint64_t offset, unsigned n, int lane) {
    unsigned each = w.block->program->localBytes;
    if (offset & (n - 1)) misaligned(w, o, offset, n, lane);
    if (offset > each || n > each - offset)
        w.fail(o, ILLEGAL_ADDRESS, "out-of-bounds access of " + bytes(n) + " at byte " + std::to_string(offset) + " of " + bytes(each) + " of local memory", lane);
    return w.block->local.data() + size_t{each} * w.thread(lane) + offset;
}

}  // namespace emulator
