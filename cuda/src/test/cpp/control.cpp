// Branches, exits and traps. Reference: PTX ISA, "Control Flow Instructions".
#include "builder.h"

namespace emulator {
namespace {

/** Loops end in backward branches: here the block's budget of instructions is watched. */
void watch(Warp& w, const Op* o) {
    Block& b = *w.block;
    if (--b.budget < 0) [[unlikely]] w.fail(o, LAUNCH_TIMEOUT, "the kernel ran longer than the budget permits: it may never end");
    if (*b.stop) [[unlikely]] throw Fault{SUCCESS, ""};
}

const Op* branch(Warp& w, const Op* o) {
    if (o->target() <= o) watch(w, o);
    return w.jump(o->target());
}

const Op* exit(Warp& w, const Op* o) {
    if (w.act & ~w.awaited) w.fail(o, LAUNCH_FAILED, "the kernel ends without griddepcontrol.wait: the next one may begin before earlier ones have ended");
    return w.exit();
}

const Op* leave(Warp& w, const Op* o) { return exit(w, o); }

const Op* leaveIf(Warp& w, const Op* o) {
    uint32_t p = w.bits(o->guard);
    uint32_t taken = w.act & (o->negate ? ~p : p);
    if (taken == 0) return o + 1;
    if (taken != w.act) w.split(o + 1, w.act & ~taken);
    return exit(w, o);
}

const Op* trap(Warp& w, const Op* o) { w.fail(o, LAUNCH_FAILED, "trap"); }
const Op* assertion(Warp& w, const Op* o) { w.fail(o, ASSERT, "assertion"); }

void decodeBranch(Builder& b) {
    b.permit({"uni"});
    bool guarded = b.s().guard >= 0;
    Op& op = b.emit(branch);
    if (guarded) op.step = branchIf;
    b.branchTo(b.operand(0).name);
}
void decodeLeave(Builder& b) {
    b.permit({"uni"});
    bool guarded = b.s().guard >= 0;
    Op& op = b.emit(leave);
    if (guarded) op.step = leaveIf;
}
void decodeTrap(Builder& b) { b.emit(trap); }
void decodeCall(Builder& b) {
    for (size_t i = 0; i < b.count(); i++)
        if (b.operand(i).name.find("__assertfail") != std::string::npos) {
            b.emit(assertion);
            return;
        }
    b.unsupported("device functions must be inlined");
}
void nothing(Builder& b) {
    b.emit([](Warp&, const Op* o) -> const Op* { return o + 1; });
}

const Op* awaitEarlier(Warp& w, const Op* o) {
    w.awaited |= w.act;
    return o + 1;
}
void decodeGrids(Builder& b) {
    if (b.s().has("wait"))
        b.emit(awaitEarlier);
    else if (b.s().has("launch_dependents"))
        nothing(b);
    else
        b.unsupported();
}

}  // namespace

const Op* branchIf(Warp& w, const Op* o) {
    uint32_t p = w.bits(o->guard);
    uint32_t taken = w.act & (o->negate ? ~p : p);
    if (o->target() <= o) watch(w, o);
    if (taken == 0) return o + 1;
    if (taken == w.act) return w.jump(o->target());
    w.split(o->target(), taken);
    return w.rejoin(o + 1);
}

const Group CONTROL[] = {{"bra", decodeBranch}, {"ret", decodeLeave}, {"exit", decodeLeave}, {"trap", decodeTrap}, {"brkpt", decodeTrap},
                         {"call", decodeCall},  {"nanosleep", nothing}, {"pmevent", nothing}, {"griddepcontrol", decodeGrids}, {nullptr, nullptr}};

}  // namespace emulator
