#include "warp.h"

#if defined(__AVX512DQ__) || defined(__AVX__)
#include <immintrin.h>
#endif

namespace emulator {

static const Op nowhere{};
const Op* const NOWHERE = &nowhere;

uint32_t maskOf(const int32_t (&lanes)[32]) {
#if defined(__AVX512DQ__)
    uint32_t low = _mm512_movepi32_mask(_mm512_load_si512(lanes));
    uint32_t high = _mm512_movepi32_mask(_mm512_load_si512(lanes + 16));
    return low | high << 16;
#elif defined(__AVX__)
    uint32_t m = 0;
    for (int i = 0; i < 4; i++)
        m |= static_cast<uint32_t>(_mm256_movemask_ps(_mm256_loadu_ps(reinterpret_cast<const float*>(lanes + i * 8)))) << (i * 8);
    return m;
#else
    uint32_t m = 0;
    for (int l = 0; l < 32; l++) m |= static_cast<uint32_t>(lanes[l] < 0) << l;
    return m;
#endif
}

uint32_t members(Warp& w, const Op* op) {
    if (op->aligned) return w.live;
    const Op* o = op;
    return w.row32(o->c)[std::countr_zero(w.act)];
}

void Warp::start(unsigned lanes) {
    live = act = lanes == 32 ? ALL : (1u << lanes) - 1;
    stop = NOWHERE;
    state = State::READY;
    waiting = 0;
    syncs = 0;
    awaited = block->launch->early ? 0 : ALL;
    copies.clear();
    std::memset(groups, 0, sizeof groups);
    pc = block->program->ops.data();
}

void Warp::run() {
    const Op* at = pc;
    uint64_t n = 0;
    stop = NOWHERE;
    state = State::READY;
    for (;;) {
        if (at == stop) [[unlikely]] {
            if (!at) break;
            at = rejoin(at);
            continue;
        }
        n++;
        at = at->step(*this, at);
    }
    executed += n;
    block->budget -= static_cast<int64_t>(n);
}

void Warp::add(const Op* at, uint32_t lanes, bool parked) {
    for (int i = 0; i < waiting; i++)
        if (fragments[i].pc == at) {
            fragments[i].lanes |= lanes;
            fragments[i].parked = parked;
            return;
        }
    fragments[waiting++] = {at, lanes, parked};
}

const Op* Warp::rejoin(const Op* at) {
    add(at, act, false);
    return choose();
}

const Op* Warp::park(const Op* at) {
    add(at, act, true);
    return choose();
}

void Warp::split(const Op* at, uint32_t lanes) {
    add(at, lanes, false);
    act &= ~lanes;
    if (stop == NOWHERE || at < stop) stop = at;
}

const Op* Warp::exit() {
    live &= ~act;
    if (waiting) return choose();
    state = State::DONE;
    stop = nullptr;
    return nullptr;
}

const Op* Warp::choose() {
    int best = -1;
    for (int i = 0; i < waiting; i++)
        if (!fragments[i].parked && (best < 0 || fragments[i].pc < fragments[best].pc)) best = i;
    for (int i = 0; best < 0 && i < waiting; i++) {  // an exit may have freed one that waits
        act = fragments[i].lanes;
        if ((members(*this, fragments[i].pc) & live & ~act) == 0) best = i;
    }
    if (best < 0) deadlock();
    Fragment chosen = fragments[best];
    fragments[best] = fragments[--waiting];
    act = chosen.lanes;
    stop = NOWHERE;
    for (int i = 0; i < waiting; i++)
        if (fragments[i].pc > chosen.pc && (stop == NOWHERE || fragments[i].pc < stop)) stop = fragments[i].pc;
    return chosen.pc;
}

void Warp::deadlock() {
    const Program& p = *block->program;
    std::string places;
    for (int i = 1; i < waiting; i++) {
        const Where& at = p.where[static_cast<size_t>(fragments[i].pc - p.ops.data())];
        char lanes[24];
        std::snprintf(lanes, sizeof lanes, "0x%08x", fragments[i].lanes);
        places += std::string("; lanes ") + lanes + " wait at ptx:" + std::to_string(at.line) + " " + at.text;
    }
    act = fragments[0].lanes;
    const Op* op = fragments[0].pc;
    bool barrier = true;
    for (int i = 0; i < waiting; i++) barrier &= fragments[i].pc->aligned;
    fail(op, LAUNCH_FAILED, (barrier ? "barrier divergence: part of the warp waits" : "collective divergence: part of the warp waits") + places);
}

void Warp::fail(const Op* op, Status status, const std::string& what, int lane) const {
    const Program& p = *block->program;
    unsigned t = thread(lane >= 0 ? lane : std::countr_zero(act ? act : 1u));
    const unsigned* d = block->launch->block;
    const Where& at = p.where[static_cast<size_t>(op - p.ops.data())];
    char place[200];
    std::snprintf(place, sizeof place, " in %s block(%u,%u,%u) thread(%u,%u,%u) ptx:%d", p.name.c_str(), block->id[0], block->id[1], block->id[2], t % d[0],
                  t / d[0] % d[1], t / (d[0] * d[1]), at.line);
    throw Fault{status, what + place + (at.source ? " .cu:" + std::to_string(at.source) : "") + " `" + at.text + "`"};
}

}  // namespace emulator
