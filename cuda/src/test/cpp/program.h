// A kernel ready to run: one Op for each PTX statement, operands resolved to rows of the register file.
//
// A row holds one register of all 32 lanes: 128 bytes for types up to 32 bits (8- and 16-bit values sit zero- or
// sign-extended in 32-bit cells), 256 bytes for 64 bits. A predicate is one 32-bit word, a bit for each lane. Immediates,
// special registers and kernel parameters have rows of their own, so that an operand is always an offset into the file.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

struct Op;
struct Warp;
using Step = const Op* (*)(Warp&, const Op*);  // returns the next op

enum class Space : uint8_t { GENERIC, GLOBAL, SHARED, LOCAL };

struct alignas(64) Op {
    Step step = nullptr;
    Step inner = nullptr;  // what a guarded op does
    int64_t imm = 0;       // address offset, branch target (as Op*), or of the step's own use
    int32_t d = 0, a = 0, b = 0, c = 0;
    int32_t extra = 0;  // index into Program::extra for ops with more operands
    int32_t guard = -1;
    Space space = Space::GENERIC;
    uint8_t size = 0, vec = 1;
    bool wide = false;    // a 64-bit address register
    bool negate = false;  // guard
    bool aligned = false;  // a collective of all live lanes
    uint8_t mode = 0;
    const Op* target() const { return reinterpret_cast<const Op*>(imm); }
};

struct Where {
    std::string text;
    int line, source;
};

enum class Special {
    TID_X, TID_Y, TID_Z, NTID_X, NTID_Y, NTID_Z, CTAID_X, CTAID_Y, CTAID_Z, NCTAID_X, NCTAID_Y, NCTAID_Z,
    LANEID, WARPID, NWARPID, SMID, NSMID, LANEMASK_EQ, LANEMASK_LE, LANEMASK_LT, LANEMASK_GE, LANEMASK_GT,
    DYNAMIC_SHARED, TOTAL_SHARED, GRIDID, ENV_ZERO
};

struct Program {
    struct Constant {
        int row;
        bool wide;
        uint64_t bits;
    };
    struct SpecialRow {
        int row;
        Special which;
    };
    struct Parameter {
        unsigned offset, bytes;
    };
    std::string name;
    std::vector<Op> ops;
    std::vector<Where> where;
    std::vector<int> extra;
    std::vector<Parameter> parameters;
    unsigned parameterBytes = 0;
    std::vector<Constant> constants;
    std::vector<SpecialRow> specials;
    unsigned fileBytes = 0;  // of one warp
    unsigned registers = 0;  // live at once, in 32-bit units: what cuFuncGetAttribute says
    unsigned staticShared = 0, localBytes = 0;
    unsigned cell = 4;  // bytes that the kernel never splits in shared memory
    unsigned maxThreads = 1024, requiredThreads = 0;
};

}  // namespace emulator
