
#include "machine.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <random>

#include "async.h"
#include "settings.h"
#include "workers.h"

namespace emulator {

std::atomic<uint64_t> instructions{0}, blocksRun{0}, kernelNanos{0};

Machine::Machine() = default;
Machine::~Machine() { std::free(files_); }

namespace {

void broadcast(Warp& w, int row, uint32_t v) {
    uint32_t* r = w.row32(row);
    for (int l = 0; l < 32; l++) r[l] = v;
}

}  // namespace

void Machine::special(Warp& w, const Program::SpecialRow& s, bool perBlock) {
    const Launch& launch = *block_.launch;
    uint32_t* r = w.row32(s.row);
    auto axis = [](Special which, Special first) { return static_cast<size_t>(which) - static_cast<size_t>(first); };
    bool ofBlock = s.which >= Special::CTAID_X && s.which <= Special::CTAID_Z;
    if (ofBlock != perBlock) return;
    if (s.which <= Special::TID_Z) {
        for (int l = 0; l < 32; l++) {
            unsigned t = w.thread(l);
            const unsigned at[3] = {t % launch.block[0], t / launch.block[0] % launch.block[1], t / (launch.block[0] * launch.block[1])};
            r[l] = at[axis(s.which, Special::TID_X)];
        }
        return;
    }
    switch (s.which) {
        case Special::NTID_X:
        case Special::NTID_Y:
        case Special::NTID_Z: return broadcast(w, s.row, launch.block[axis(s.which, Special::NTID_X)]);
        case Special::CTAID_X:
        case Special::CTAID_Y:
        case Special::CTAID_Z: return broadcast(w, s.row, block_.id[axis(s.which, Special::CTAID_X)]);
        case Special::NCTAID_X:
        case Special::NCTAID_Y:
        case Special::NCTAID_Z: return broadcast(w, s.row, launch.grid[axis(s.which, Special::NCTAID_X)]);
        case Special::WARPID: return broadcast(w, s.row, w.id);
        case Special::NWARPID: return broadcast(w, s.row, static_cast<uint32_t>(warps_.size()));
        case Special::NSMID: return broadcast(w, s.row, 16);
        case Special::DYNAMIC_SHARED: return broadcast(w, s.row, launch.dynamicShared);
        case Special::TOTAL_SHARED: return broadcast(w, s.row, launch.dynamicShared + launch.program->staticShared);
        case Special::SMID:
        case Special::GRIDID: return broadcast(w, s.row, 0);
        default: break;
    }
    for (uint32_t l = 0; l < 32; l++) {
        uint32_t bit = 1u << l;
        r[l] = s.which == Special::LANEID        ? l
               : s.which == Special::LANEMASK_EQ ? bit
               : s.which == Special::LANEMASK_LE ? bit | (bit - 1)
               : s.which == Special::LANEMASK_LT ? bit - 1
               : s.which == Special::LANEMASK_GE ? ~(bit - 1)
                                                 : ~(bit | (bit - 1));
    }
}

void Machine::prepare(const Launch& launch, const volatile bool* stop) {
    const Program& p = *launch.program;
    block_.launch = &launch;
    block_.program = &p;
    block_.stop = stop;
    block_.allowedFrom = block_.allowedTo = block_.ownFrom = block_.ownTo = block_.cleanFrom = block_.cleanTo = 0;
    block_.shared.prepare(p.staticShared + launch.dynamicShared, p.cell);
    block_.local.assign(size_t{p.localBytes} * ((launch.threads() + 31) / 32 * 32), static_cast<char>(0xFF));
    size_t count = (launch.threads() + 31) / 32, each = (p.fileBytes + 63) / 64 * 64;
    if (filesBytes_ < count * each) {
        std::free(files_);
        filesBytes_ = count * each;
        files_ = static_cast<char*>(std::aligned_alloc(64, filesBytes_));
        std::memset(files_, 0xFF, filesBytes_);
    }
    warps_.resize(count);
    order_.resize(count);
    for (unsigned i = 0; i < count; i++) {
        Warp& w = warps_[i];
        w.r = files_ + i * each;
        w.id = i;
        w.block = &block_;
        for (const auto& c : p.constants) {
            if (c.wide)
                std::fill_n(w.row64(c.row), 32, c.bits);
            else
                broadcast(w, c.row, static_cast<uint32_t>(c.bits));
        }
        for (const auto& s : p.specials) special(w, s, false);
    }
    seed_ = static_cast<uint64_t>(settings.order);
}

uint64_t Machine::run(uint64_t index) {
    const Launch& launch = *block_.launch;
    block_.id[0] = static_cast<unsigned>(index % launch.grid[0]);
    block_.id[1] = static_cast<unsigned>(index / launch.grid[0] % launch.grid[1]);
    block_.id[2] = static_cast<unsigned>(index / (uint64_t{launch.grid[0]} * launch.grid[1]));
    block_.shared.begin();
    block_.budget = settings.budget;
    std::fill_n(block_.arrived, 16, 0u);
    uint64_t executed = 0;
    for (Warp& w : warps_) {
        for (const auto& s : block_.program->specials) special(w, s, true);
        w.executed = 0;
        w.start(std::min(32u, launch.threads() - w.id * 32));
    }
    std::iota(order_.begin(), order_.end(), 0u);
    if (seed_ == 1)
        std::reverse(order_.begin(), order_.end());
    else if (seed_ > 1)
        std::shuffle(order_.begin(), order_.end(), std::mt19937_64(seed_ ^ index));
    for (;;) {
        bool waits = false;
        for (unsigned i : order_) {
            Warp& w = warps_[i];
            if (w.state == State::READY) w.run();
            if (w.state == State::DONE && !w.copies.empty()) landAll(w);
            waits |= w.state == State::BARRIER;
        }
        if (!waits) break;
        release();
    }
    for (Warp& w : warps_) executed += w.executed;
    return executed;
}

/** Every warp waits at a barrier or has ended: let those go whose barrier is complete. */
void Machine::release() {
    Warp* first = nullptr;
    for (Warp& w : warps_)
        if (w.state == State::BARRIER && !first) first = &w;
    std::vector<Warp*> waiting;
    if (first->expected == 0) {
        for (Warp& w : warps_) {
            if (w.state != State::BARRIER) continue;
            if (w.pc != first->pc) {
                const Where& at = block_.program->where[static_cast<size_t>(first->pc - block_.program->ops.data())];
                w.fail(w.pc, LAUNCH_FAILED, "barrier divergence: warp " + std::to_string(first->id) + " waits at ptx:" + std::to_string(at.line) + ", this one elsewhere");
            }
            waiting.push_back(&w);
        }
        block_.shared.barrier();
        return finish(waiting);
    }
    for (int id = 0; id < 16; id++) {
        unsigned here = block_.arrived[id], expected = 0;
        std::vector<Warp*> at;
        for (Warp& w : warps_)
            if (w.state == State::BARRIER && w.barrier == id) {
                at.push_back(&w);
                here += 32;
                expected = w.expected;
            }
        if (at.empty() || here < expected) continue;
        block_.arrived[id] = 0;
        bool whole = expected == warps_.size() * 32;
        if (whole)
            block_.shared.barrier();
        else
            block_.shared.tolerant();
        waiting.insert(waiting.end(), at.begin(), at.end());
    }
    if (waiting.empty()) first->fail(first->pc, LAUNCH_FAILED, "barrier divergence: too few threads come to barrier " + std::to_string(first->barrier));
    finish(waiting);
}

void Machine::finish(const std::vector<Warp*>& waiting) {
    const Op* o = waiting[0]->pc;
    uint32_t count = 0;
    bool all = true, any = false;
    if (o->mode)
        for (Warp* w : waiting) {
            uint32_t p = w->bits(o->c) & w->act;
            count += static_cast<uint32_t>(std::popcount(p));
            all &= p == w->act;
            any |= p != 0;
        }
    for (Warp* w : waiting) {
        uint32_t act = w->act;
        if (o->mode == 1) {
            uint32_t* d = w->row32(w->pc->d);
            for (int l = 0; l < 32; l++)
                if (act >> l & 1) d[l] = count;
        } else if (o->mode) {
            uint32_t& d = w->bits(w->pc->d);
            d = (d & ~act) | ((o->mode == 2 ? all : any) ? act : 0);
        }
        w->pc++;
        w->syncs = 0;
        w->state = State::READY;
    }
}

std::optional<Fault> execute(const Launch& launch) {
    auto from = std::chrono::steady_clock::now();
    uint64_t total = launch.blocks();
    std::atomic<uint64_t> next{0}, executed{0};
    volatile bool stop = false;
    std::mutex lock;
    std::optional<Fault> failed;
    bool backward = settings.order != 0;
    auto work = [&] {
        static thread_local Machine machine;
        uint64_t i = next++;
        if (i >= total) return;
        uint64_t count = 0, n = 0;
        try {
            machine.prepare(launch, &stop);
            for (; i < total && !stop; i = next++, n++) count += machine.run(backward ? total - 1 - i : i);
        } catch (Fault& f) {
            std::lock_guard guard(lock);
            stop = true;
            if (!failed && f.status != SUCCESS) failed = f;
        }
        executed += count;
        blocksRun += n;
    };
    Workers::shared().run(work, static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(settings.threads), total)));
    instructions += executed;
    kernelNanos += static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - from).count());
    return failed;
}

}  // namespace emulator
