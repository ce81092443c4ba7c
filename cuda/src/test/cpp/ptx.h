// What a PTX module says, before it is decoded. Reference: Parallel Thread Execution ISA, "Syntax" and "Directives".
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace emulator::ptx {

enum class Type { U8, S8, B8, U16, S16, B16, F16, BF16, U32, S32, B32, F32, F16X2, BF16X2, U64, S64, B64, F64, PRED, NONE };

Type typeOf(const std::string& name);
unsigned bytesOf(Type type);
inline bool isFloat(Type t) {
    return t == Type::F16 || t == Type::BF16 || t == Type::F32 || t == Type::F64 || t == Type::F16X2 || t == Type::BF16X2;
}
inline bool isSigned(Type t) { return t == Type::S8 || t == Type::S16 || t == Type::S32 || t == Type::S64; }

/** A text that is no PTX, or uses what is not emulated. */
struct Error : std::runtime_error {
    Error(int line, const std::string& what) : std::runtime_error("line " + std::to_string(line) + ": " + what) {}
};

struct Operand {
    enum Kind { REGISTER, NAME, INTEGER, F32_BITS, F64_BITS, ADDRESS, LIST } kind = NAME;
    std::string name;          // NAME: symbol, special register or "_"; ADDRESS: symbol of the base, if it is no register
    int reg = -1;              // REGISTER, ADDRESS: index into Kernel::registers
    int64_t value = 0;         // INTEGER, F*_BITS; ADDRESS and NAME: offset
    bool negated = false;      // !%p
    std::vector<Operand> items;  // LIST: members; REGISTER: the second of d|p
};

struct Statement {
    std::string text;
    std::vector<std::string> op;  // split at the dots
    std::vector<Operand> operands;
    int guard = -1;
    bool negated = false;
    int line = 0, source = 0;
    bool has(const char* modifier) const {
        for (size_t i = 1; i < op.size(); i++)
            if (op[i] == modifier) return true;
        return false;
    }
};

struct Variable {
    std::string name;
    Type type = Type::B8;
    unsigned align = 1;
    size_t bytes = 0;
    bool external = false;
    std::vector<unsigned char> initial;
};

struct Kernel {
    std::string name;
    std::vector<Variable> parameters, shared, local;
    std::vector<Type> registers;
    std::vector<std::string> registerNames;
    std::vector<Statement> statements;
    std::map<std::string, int> labels;  // statement index
    unsigned maxThreads = 0, requiredThreads = 0;
    int line = 0;
};

struct Module {
    std::string version, target;
    std::vector<Variable> globals;        // .global and .const
    std::vector<Variable> shared;         // module scope .shared, most of it extern
    std::vector<std::unique_ptr<Kernel>> kernels;
};

Module parse(const std::string& text);

}  // namespace emulator::ptx
