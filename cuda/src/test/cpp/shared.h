// Shared memory of a block, with a cell for each smallest unit that the kernel accesses: who wrote it last, who read it since
// which barrier. Two accesses by different threads, one of them a write, race unless a block barrier lies between, or, inside
// a warp, a bar.warp.sync. A copy in flight (cp.async) races with every access until it is waited for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

class Shared {
   public:
    struct Party {
        unsigned thread;
        unsigned syncs;  // bar.warp.sync passed since the last block barrier
    };
    enum Problem { NONE, UNWRITTEN, READ_AFTER_WRITE, WRITE_AFTER_WRITE, WRITE_AFTER_READ, IN_FLIGHT };

    void prepare(unsigned bytes, unsigned cell);
    void begin() { first_ = ++epoch_; }  // a new block: contents are undefined again
    void barrier() { epoch_++; }
    void tolerant() { tolerant_ = true; }  // partial barriers: order is no longer known

    char* at(uint64_t offset) { return bytes_.data() + offset; }
    bool holds(uint64_t offset, unsigned n) const { return offset <= size_ && n <= size_ - offset; }
    unsigned size() const { return size_; }

    Problem read(uint64_t offset, unsigned n, Party who) {
        for (Cell *c = cell(offset), *end = cell(offset + n - 1) + 1; c < end; c++) {
            if (c->written < first_) return other_ = 0, UNWRITTEN;
            if ((c->written == epoch_ || (c->writer & FLIGHT)) && conflicts(c->writer, who)) return blame(c->writer, READ_AFTER_WRITE);
            uint32_t mine = who.thread | who.syncs << 16;
            if (c->read != epoch_)
                c->read = epoch_, c->reader = mine;
            else if (c->reader != mine)
                c->reader = joined(c->reader, who);
        }
        return NONE;
    }
    Problem write(uint64_t offset, unsigned n, Party who, bool atomic = false, bool flight = false) {
        uint32_t mine = who.thread | who.syncs << 16 | (atomic ? ATOMIC : 0) | (flight ? FLIGHT : 0);
        for (Cell *c = cell(offset), *end = cell(offset + n - 1) + 1; c < end; c++) {
            if (c->written >= first_ && (c->written == epoch_ || (c->writer & FLIGHT)) && !(atomic && (c->writer & ATOMIC)) && conflicts(c->writer, who))
                return blame(c->writer, WRITE_AFTER_WRITE);
            if (c->read == epoch_ && readConflicts(c->reader, who)) return blame(c->reader, WRITE_AFTER_READ);
            c->written = epoch_;
            c->writer = mine;
        }
        return NONE;
    }
    /** The copy of this thread has landed: from now on it counts as its plain write. */
    void land(uint64_t offset, unsigned n, Party who) {
        for (Cell *c = cell(offset), *end = cell(offset + n - 1) + 1; c < end; c++) c->written = epoch_, c->writer = who.thread | who.syncs << 16;
    }
    bool writtenAt(uint64_t offset, unsigned n) {
        for (Cell *c = cell(offset), *end = cell(offset + n - 1) + 1; c < end; c++)
            if (c->written < first_) return false;
        return true;
    }
    std::string explain(Problem problem) const;

   private:
    static constexpr uint32_t THREAD = 0x3FF, MANY_THREADS = 1u << 10, MANY_WARPS = 1u << 11, ATOMIC = 1u << 12, FLIGHT = 1u << 13;
    struct Cell {
        uint32_t written, writer;  // epoch; thread, flags, warp syncs from bit 16
        uint32_t read, reader;
    };

    Cell* cell(uint64_t offset) { return &cells_[offset >> shift_]; }
    bool conflicts(uint32_t other, Party who) const {
        if (other & FLIGHT) return true;
        unsigned o = other & THREAD;
        return o != who.thread && !((o >> 5) == (who.thread >> 5) && (other >> 16) < who.syncs) && !tolerant_;
    }
    bool readConflicts(uint32_t other, Party who) const {
        if (tolerant_) return false;
        if (other & MANY_WARPS) return true;
        unsigned o = other & THREAD;
        if ((o >> 5) != (who.thread >> 5)) return true;
        return (other >> 16) == who.syncs && (o != who.thread || (other & MANY_THREADS));
    }
    static uint32_t joined(uint32_t before, Party who) {
        unsigned o = before & THREAD;
        if ((before & MANY_WARPS) || (o >> 5) != (who.thread >> 5)) return before | MANY_WARPS;
        if ((before >> 16) != who.syncs) return who.thread | who.syncs << 16;
        return o == who.thread ? before : before | MANY_THREADS;
    }
    Problem blame(uint32_t who, Problem problem) {
        other_ = who;
        return problem;
    }

    std::vector<char> bytes_;
    std::vector<Cell> cells_;
    unsigned size_ = 0, shift_ = 2;
    uint32_t epoch_ = 1, first_ = 1, other_ = 0;
    bool tolerant_ = false;
};

}  // namespace emulator
