#include "builder.h"

#include <algorithm>
#include <cstring>

#include "halves.h"
#include "spaces.h"

namespace emulator {
namespace {

const std::map<std::string, Decoder>& decoders() {
    static const std::map<std::string, Decoder> all = [] {
        std::map<std::string, Decoder> m;
        for (const Group* group : {ARITHMETIC, LOGIC, FLOATS, APPROXIMATE, CONVERT, SELECT, MEMORY, ATOMICS, CONTROL, COLLECTIVE, TENSOR, ASYNC})
            for (; group->opcode; group++) m[group->opcode] = group->decode;
        return m;
    }();
    return all;
}

const std::map<std::string, Special> SPECIALS = {
    {"%tid.x", Special::TID_X},           {"%tid.y", Special::TID_Y},           {"%tid.z", Special::TID_Z},
    {"%ntid.x", Special::NTID_X},         {"%ntid.y", Special::NTID_Y},         {"%ntid.z", Special::NTID_Z},
    {"%ctaid.x", Special::CTAID_X},       {"%ctaid.y", Special::CTAID_Y},       {"%ctaid.z", Special::CTAID_Z},
    {"%nctaid.x", Special::NCTAID_X},     {"%nctaid.y", Special::NCTAID_Y},     {"%nctaid.z", Special::NCTAID_Z},
    {"%laneid", Special::LANEID},         {"%warpid", Special::WARPID},         {"%nwarpid", Special::NWARPID},
    {"%smid", Special::SMID},             {"%nsmid", Special::NSMID},           {"%gridid", Special::GRIDID},
    {"%lanemask_eq", Special::LANEMASK_EQ}, {"%lanemask_le", Special::LANEMASK_LE}, {"%lanemask_lt", Special::LANEMASK_LT},
    {"%lanemask_ge", Special::LANEMASK_GE}, {"%lanemask_gt", Special::LANEMASK_GT},
    {"%dynamic_smem_size", Special::DYNAMIC_SHARED}, {"%total_smem_size", Special::TOTAL_SHARED}};

const Op* guarded(Warp& w, const Op* o) {
    uint32_t all = w.act;
    uint32_t p = w.bits(o->guard);
    w.act = all & (o->negate ? ~p : p);
    if (w.act) o->inner(w, o);
    w.act = all;
    return o + 1;
}

const Op* notPredicate(Warp& w, const Op* o) {
    w.bits(o->d) = ~w.bits(o->a);
    return o + 1;
}

uint64_t align(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

}  // namespace

Builder::Builder(const ptx::Module& module, const ptx::Kernel& kernel, const Symbols& globals)
    : module_(module), kernel_(kernel), globals_(globals), program_(std::make_unique<Program>()), rows_(kernel.registers.size(), -1) {
    program_->name = kernel.name;
    if (kernel.maxThreads) program_->maxThreads = kernel.maxThreads;
    program_->requiredThreads = kernel.requiredThreads;
    sink64_ = sink32_ = static_cast<int>(top_);
    top_ += 256;
}

std::unique_ptr<Program> Builder::build() {
    unsigned shared = 0;
    for (const auto& p : kernel_.parameters) {
        unsigned at = static_cast<unsigned>(align(program_->parameterBytes, p.align));
        parameters_[p.name] = at;
        program_->parameters.push_back({at, static_cast<unsigned>(p.bytes)});
        program_->parameterBytes = at + static_cast<unsigned>(p.bytes);
    }
    auto place = [](const std::vector<ptx::Variable>& variables, std::map<std::string, uint64_t>& into, unsigned& top) {
        for (const auto& v : variables) {
            if (v.external) continue;
            top = static_cast<unsigned>(align(top, v.align));
            into[v.name] = top;
            top += static_cast<unsigned>(v.bytes);
        }
    };
    place(module_.shared, shared_, shared);
    place(kernel_.shared, shared_, shared);
    place(kernel_.local, local_, program_->localBytes);
    program_->staticShared = shared;
    for (const auto* scope : {&module_.shared, &kernel_.shared})
        for (const auto& v : *scope)
            if (v.external) {
                program_->staticShared = static_cast<unsigned>(align(shared, std::max(16u, v.align)));
                shared_[v.name] = program_->staticShared;
            }
    program_->localBytes = static_cast<unsigned>(align(program_->localBytes, 16));

    std::vector<size_t> starts;
    for (const auto& statement : kernel_.statements) {
        statement_ = &statement;
        starts.push_back(program_->ops.size());
        auto decoder = decoders().find(statement.op[0]);
        if (decoder == decoders().end()) unsupported();
        decoder->second(*this);
    }
    ptx::Statement last;
    last.op = {"ret"};
    last.text = "(end)";
    last.line = kernel_.statements.empty() ? kernel_.line : kernel_.statements.back().line;
    statement_ = &last;
    starts.push_back(program_->ops.size());
    decoders().at("ret")(*this);
    for (auto& [op, label] : branches_) {
        auto at = kernel_.labels.find(label);
        if (at == kernel_.labels.end()) throw ptx::Error(program_->where[op].line, "no label " + label);
        program_->ops[op].imm = reinterpret_cast<int64_t>(&program_->ops[starts[static_cast<size_t>(at->second)]]);
    }
    for (auto& [op, to] : skips_) program_->ops[op].imm = reinterpret_cast<int64_t>(&program_->ops[to]);
    program_->fileBytes = top_;
    program_->cell = smallest_ == 16 ? 4 : smallest_;
    unsigned used = 0;
    for (size_t i = 0; i < rows_.size(); i++)
        if (rows_[i] >= 0) used += ptx::bytesOf(kernel_.registers[i]) == 8 ? 2 : 1;
    program_->registers = std::min(255u, used);
    return std::move(program_);
}

ptx::Type Builder::type() const {
    for (size_t i = s().op.size(); i-- > 1;)
        if (auto t = ptx::typeOf(s().op[i]); t != ptx::Type::NONE) return t;
    unsupported("it has no type");
}

const ptx::Operand& Builder::operand(size_t i) const {
    if (i >= s().operands.size()) throw ptx::Error(s().line, "too few operands: " + s().text);
    return s().operands[i];
}

bool Builder::is64(const ptx::Operand& o) const {
    return o.reg >= 0 && ptx::bytesOf(kernel_.registers[static_cast<size_t>(o.reg)]) == 8;
}

int Builder::constant(uint64_t bits, bool wide) {
    auto [at, fresh] = constants_.try_emplace({bits, wide}, static_cast<int>(top_));
    if (fresh) {
        top_ += wide ? 256 : 128;
        program_->constants.push_back({at->second, wide, bits});
    }
    return at->second;
}

int Builder::temporary(bool wide) {
    int row = static_cast<int>(top_);
    top_ += wide ? 256 : 128;
    return row;
}

int Builder::special(const std::string& name) {
    auto known = SPECIALS.find(name);
    if (known == SPECIALS.end()) unsupported("unknown symbol " + name);
    auto [at, fresh] = specials_.try_emplace(name, static_cast<int>(top_));
    if (fresh) {
        top_ += 128;
        program_->specials.push_back({at->second, known->second});
    }
    return at->second;
}

int Builder::in(const ptx::Operand& o, ptx::Type type) {
    bool wide = ptx::bytesOf(type) == 8;
    switch (o.kind) {
        case ptx::Operand::REGISTER: {
            if (type == ptx::Type::PRED) return predicate(o);
            if (is64(o) != wide) unsupported("the width of " + o.name + " does not fit");
            return out(o, type);
        }
        case ptx::Operand::NAME: {
            uint64_t offset = static_cast<uint64_t>(o.value);
            if (auto at = shared_.find(o.name); at != shared_.end()) return constant(at->second + offset, wide);
            if (auto at = local_.find(o.name); at != local_.end()) return constant(at->second + offset, wide);
            if (auto at = globals_.find(o.name); at != globals_.end()) return constant(at->second + offset, wide);
            if (o.name == "WARP_SZ") return constant(32, wide);
            if (o.name == "%clock64" || o.name == "%globaltimer") return constant(0, true);
            if (o.name == "%clock" || o.name == "%clock_hi" || o.name == "%globaltimer_lo") return constant(0, false);
            if (wide) unsupported(o.name + " has 32 bits");
            return special(o.name);
        }
        case ptx::Operand::INTEGER:
        case ptx::Operand::F32_BITS:
        case ptx::Operand::F64_BITS: {
            auto bits = static_cast<uint64_t>(o.value);
            bool isReal = o.kind != ptx::Operand::INTEGER;
            double value = o.kind == ptx::Operand::F32_BITS ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))) : std::bit_cast<double>(bits);
            if (type == ptx::Type::F32 && o.kind == ptx::Operand::F64_BITS) bits = std::bit_cast<uint32_t>(static_cast<float>(value));
            if (type == ptx::Type::F64 && o.kind == ptx::Operand::F32_BITS) bits = std::bit_cast<uint64_t>(value);
            if (type == ptx::Type::F64 && !isReal) bits = std::bit_cast<uint64_t>(static_cast<double>(o.value));
            if (type == ptx::Type::F32 && !isReal) bits = std::bit_cast<uint32_t>(static_cast<float>(o.value));
            if (!wide) bits &= 0xFFFFFFFFu;
            return constant(bits, wide);
        }
        default: unsupported("operand " + o.name);
    }
}

int Builder::out(const ptx::Operand& o, ptx::Type type) {
    bool wide = ptx::bytesOf(type) == 8;
    if (o.kind == ptx::Operand::NAME && o.name == "_") return sink(wide);
    if (o.kind != ptx::Operand::REGISTER) unsupported(o.name + " is no register");
    auto declared = kernel_.registers[static_cast<size_t>(o.reg)];
    if ((declared == ptx::Type::PRED) != (type == ptx::Type::PRED)) unsupported("the type of " + o.name + " does not fit");
    if (is64(o) != wide) unsupported("the width of " + o.name + " does not fit");
    int& row = rows_[static_cast<size_t>(o.reg)];
    if (row < 0) {
        row = static_cast<int>(top_);
        top_ += declared == ptx::Type::PRED ? 64 : wide ? 256 : 128;
    }
    return row;
}

int Builder::predicate(const ptx::Operand& o, bool allowNegated) {
    if (o.kind == ptx::Operand::INTEGER) return constant(o.value ? 0xFFFFFFFFu : 0, false);
    if (o.negated) {
        if (!allowNegated) unsupported("a negated predicate here");
        ptx::Operand plain = o;
        plain.negated = false;
        int from = predicate(plain);
        int to = static_cast<int>(top_);
        top_ += 64;
        Op& op = emit(notPredicate);
        op.d = to;
        op.a = from;
        return to;
    }
    return out(o, ptx::Type::PRED);
}

void Builder::address(Op& op, const ptx::Operand& o) {
    if (o.kind != ptx::Operand::ADDRESS) unsupported("no address");
    op.imm = o.value;
    if (o.reg >= 0) {
        ptx::Operand base = o;
        base.kind = ptx::Operand::REGISTER;
        op.wide = is64(base);
        op.a = out(base, op.wide ? ptx::Type::U64 : ptx::Type::U32);
        return;
    }
    op.wide = true;
    if (o.name.empty()) {
        op.a = constant(0, true);
        return;
    }
    ptx::Operand symbol;
    symbol.name = o.name;
    op.a = in(symbol, ptx::Type::U64);
}

int Builder::parameter(const std::string& name) const {
    auto at = parameters_.find(name);
    return at == parameters_.end() ? -1 : static_cast<int>(at->second);
}

int Builder::extra(std::initializer_list<int> values) { return extra(std::vector<int>(values)); }

int Builder::extra(const std::vector<int>& values) {
    int at = static_cast<int>(program_->extra.size());
    program_->extra.insert(program_->extra.end(), values.begin(), values.end());
    return at;
}

Op& Builder::emit(Step step) {
    program_->ops.emplace_back();
    program_->where.push_back({s().text, s().line, s().source});
    Op& op = program_->ops.back();
    op.step = step;
    if (s().guard >= 0) {
        ptx::Operand guard;
        guard.kind = ptx::Operand::REGISTER;
        guard.reg = s().guard;
        op.guard = predicate(guard);
        op.negate = s().negated;
        op.inner = op.step;
        op.step = guarded;
    }
    return op;
}

Op& Builder::collective(Step step) {
    if (s().guard < 0) return emit(step);
    size_t at = program_->ops.size();
    Op& skip = emit(nullptr);
    skip.step = branchIf;
    skip.negate = !skip.negate;
    skips_.push_back({at, at + 2});
    Op& op = emit(step);
    op.step = step;
    op.inner = nullptr;
    op.guard = -1;
    return op;
}

void Builder::simple(Step step, ptx::Type type) {
    if (!step) unsupported();
    if (count() < 2 || count() > 4) unsupported("number of operands");
    int d = out(0, type), a = in(1, type), b = count() > 2 ? in(2, type) : 0, c = count() > 3 ? in(3, type) : 0;
    Op& op = emit(step);
    op.d = d;
    op.a = a;
    op.b = b;
    op.c = c;
}

void Builder::permit(std::initializer_list<const char*> modifiers) const {
    for (size_t i = 1; i < s().op.size(); i++) {
        const std::string& word = s().op[i];
        bool known = ptx::typeOf(word) != ptx::Type::NONE;
        for (const char* m : modifiers) known |= word == m;
        if (!known) unsupported("modifier ." + word);
    }
}

void Builder::unsupported(const std::string& why) const {
    throw ptx::Error(s().line, "unsupported instruction `" + s().text + "`" + (why.empty() ? "" : ": " + why));
}

}  // namespace emulator
