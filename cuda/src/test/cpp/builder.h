// Turns the statements of one kernel into a Program: assigns rows, keeps constants, and hands each statement to its group.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "program.h"
#include "ptx.h"
#include "warp.h"

namespace emulator {

/** Addresses of a module's global variables, known once it is loaded. */
using Symbols = std::map<std::string, uint64_t>;

class Builder {
   public:
    Builder(const ptx::Module& module, const ptx::Kernel& kernel, const Symbols& globals);
    std::unique_ptr<Program> build();

    // ---- for the decoders
    const ptx::Statement& s() const { return *statement_; }
    const std::string& word(size_t i) const { return s().op[i]; }
    ptx::Type type() const;  // the last type among the modifiers
    const ptx::Operand& operand(size_t i) const;
    size_t count() const { return s().operands.size(); }

    int in(const ptx::Operand& o, ptx::Type type);
    int in(size_t i, ptx::Type type) { return in(operand(i), type); }
    int out(const ptx::Operand& o, ptx::Type type);
    int out(size_t i, ptx::Type type) { return out(operand(i), type); }
    int predicate(const ptx::Operand& o, bool allowNegated = false);
    int sink(bool wide) const { return wide ? sink64_ : sink32_; }  // a row nobody reads
    bool is64(const ptx::Operand& o) const;
    int constant(uint64_t bits, bool wide);
    int temporary(bool wide);
    void address(Op& op, const ptx::Operand& o);
    int parameter(const std::string& name) const;  // offset, or -1
    int extra(std::initializer_list<int> values);
    int extra(const std::vector<int>& values);

    Op& emit(Step step);
    Op& last() { return program_->ops.back(); }
    /** Emit an op that gathers lanes: its guard becomes a branch around it, so that lanes without it go on. */
    Op& collective(Step step);
    void simple(Step step, ptx::Type type);  // d, a [, b [, c]] of one type
    void accesses(unsigned bytes) { smallest_ = bytes < smallest_ ? bytes : smallest_; }
    /** Refuse modifiers that the decoder does not know: an ignored one would compute something else. */
    void permit(std::initializer_list<const char*> modifiers) const;
    [[noreturn]] void unsupported(const std::string& why = "") const;

    void branchTo(const std::string& label) { branches_.push_back({program_->ops.size() - 1, label}); }

   private:
    int special(const std::string& name);

    const ptx::Module& module_;
    const ptx::Kernel& kernel_;
    const Symbols& globals_;
    std::unique_ptr<Program> program_;
    const ptx::Statement* statement_ = nullptr;
    std::vector<int> rows_;
    std::map<std::string, uint64_t> shared_, local_;
    std::map<std::pair<uint64_t, bool>, int> constants_;
    std::map<std::string, int> specials_;
    std::map<std::string, unsigned> parameters_;
    unsigned top_ = 0, smallest_ = 16;
    std::vector<std::pair<size_t, std::string>> branches_;  // ops whose target is a label
    std::vector<std::pair<size_t, size_t>> skips_;
    int sink32_ = 0, sink64_ = 0;
};

const Op* branchIf(Warp& w, const Op* o);

using Decoder = void (*)(Builder&);
struct Group {
    const char* opcode;
    Decoder decode;
};
// Each group of opcodes is a table that ends with a null opcode.
extern const Group ARITHMETIC[], LOGIC[], FLOATS[], APPROXIMATE[], CONVERT[], SELECT[], MEMORY[], ATOMICS[], CONTROL[], COLLECTIVE[], TENSOR[], ASYNC[];

}  // namespace emulator
