#include <cstdlib>
#include <cstring>

#include "ptx.h"
#include "ptx_lexer.h"

namespace emulator::ptx {
namespace {

constexpr struct {
    const char* name;
    Type type;
    unsigned bytes;
} TYPES[] = {{"u8", Type::U8, 1},   {"s8", Type::S8, 1},     {"b8", Type::B8, 1},         {"u16", Type::U16, 2},
             {"s16", Type::S16, 2}, {"b16", Type::B16, 2},   {"f16", Type::F16, 2},       {"bf16", Type::BF16, 2},
             {"u32", Type::U32, 4}, {"s32", Type::S32, 4},   {"b32", Type::B32, 4},       {"f32", Type::F32, 4},
             {"u64", Type::U64, 8}, {"s64", Type::S64, 8},   {"b64", Type::B64, 8},       {"f64", Type::F64, 8},
             {"pred", Type::PRED, 4}, {"f16x2", Type::F16X2, 4}, {"bf16x2", Type::BF16X2, 4}};

class Parser {
   public:
    explicit Parser(const std::string& text) : text_(text), tokens_(tokens(text)) {}

    Module module() {
        while (more()) {
            const std::string& t = peek();
            if (t == ".version" || t == ".target") {
                bool version = next() == ".version";
                (version ? module_.version : module_.target) = peek();
                skipLine();
            } else if (t == ".address_size" || t == ".file" || t == ".loc") {
                skipLine();
            } else if (t == ".section") {
                while (peek() != "{") next();
                skipBraces();
            } else if (t == ".visible" || t == ".weak" || t == ".common") {
                next();
            } else if (t == ".extern") {
                next();
                external_ = true;
            } else if (t == ".entry") {
                entry();
            } else if (t == ".func") {
                function();
            } else if (t == ".global" || t == ".const") {
                next();
                variables(module_.globals);
            } else if (t == ".shared") {
                next();
                variables(module_.shared);
            } else if (t == ".pragma" || t == ";") {
                next();
                if (t == ".pragma") skipTo(";");
            } else {
                throw Error(line(), "unexpected " + t);
            }
        }
        return std::move(module_);
    }

   private:
    // ---- tokens
    bool more() const { return at_ < tokens_.size(); }
    const std::string& peek(size_t ahead = 0) const {
        static const std::string END;
        return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead].text : END;
    }
    int line() const { return at_ < tokens_.size() ? tokens_[at_].line : tokens_.empty() ? 0 : tokens_.back().line; }
    const std::string& next() {
        if (!more()) throw Error(line(), "the text ends too early");
        return tokens_[at_++].text;
    }
    bool take(const char* text) {
        if (peek() != text) return false;
        at_++;
        return true;
    }
    void expect(const char* text) {
        if (!take(text)) throw Error(line(), std::string("expected ") + text + ", found " + peek());
    }
    void skipLine() {
        for (int here = line(); more() && line() == here;) next();
    }
    void skipTo(const char* text) {
        while (next() != text) {
        }
    }
    void skipBraces() {
        expect("{");
        for (int depth = 1; depth > 0;) {
            const std::string& t = next();
            depth += t == "{" ? 1 : t == "}" ? -1 : 0;
        }
    }

    // ---- values
    static bool isNumber(const std::string& t) { return !t.empty() && t[0] >= '0' && t[0] <= '9'; }

    Operand number(bool negative) {
        const std::string t = next();
        Operand o;
        if (t.size() == 10 && (t[1] == 'f' || t[1] == 'F') && t[0] == '0') {
            o.kind = Operand::F32_BITS;
            o.value = static_cast<int64_t>(std::strtoull(t.c_str() + 2, nullptr, 16));
            if (negative) o.value ^= 0x80000000;
        } else if (t.size() == 18 && (t[1] == 'd' || t[1] == 'D') && t[0] == '0') {
            o.kind = Operand::F64_BITS;
            o.value = static_cast<int64_t>(std::strtoull(t.c_str() + 2, nullptr, 16));
            if (negative) o.value ^= INT64_MIN;
        } else if (t.find('.') != std::string::npos) {
            double d = std::strtod(t.c_str(), nullptr);
            if (negative) d = -d;
            o.kind = Operand::F64_BITS;
            std::memcpy(&o.value, &d, 8);
        } else {
            o.kind = Operand::INTEGER;
            bool binary = t.size() > 2 && (t[1] == 'b' || t[1] == 'B');
            auto v = binary ? std::strtoull(t.c_str() + 2, nullptr, 2) : std::strtoull(t.c_str(), nullptr, 0);
            o.value = static_cast<int64_t>(negative ? 0 - v : v);
        }
        return o;
    }
    int64_t integer() {
        bool negative = take("-");
        if (!isNumber(peek())) throw Error(line(), "expected a number, found " + peek());
        return number(negative).value;
    }
    int64_t offset() {
        int64_t sum = 0;
        while (peek() == "+" || peek() == "-") {
            bool minus = next() == "-";
            int64_t v = integer();
            sum += minus ? -v : v;
        }
        return sum;
    }

    // ---- declarations
    Variable variable() {
        Variable v;
        v.external = external_;
        while (peek()[0] == '.') {
            std::string word = next();
            if (word == ".align")
                v.align = static_cast<unsigned>(integer());
            else if (word == ".ptr") {
                if (peek()[0] == '.' && peek() != ".align") next();
            } else {
                v.type = typeOf(word.substr(1));
                if (v.type == Type::NONE) throw Error(line(), "unknown type " + word);
            }
        }
        v.name = next();
        size_t count = 1;
        while (take("[")) {
            count *= peek() == "]" ? 0 : static_cast<size_t>(integer());
            expect("]");
        }
        if (v.align < bytesOf(v.type)) v.align = bytesOf(v.type);
        v.bytes = count * bytesOf(v.type);
        return v;
    }
    void initial(Variable& v) {
        unsigned size = bytesOf(v.type);
        auto put = [&] {
            bool negative = take("-");
            if (!isNumber(peek())) throw Error(line(), "only numbers may initialise " + v.name);
            int64_t bits = number(negative).value;
            auto* p = reinterpret_cast<unsigned char*>(&bits);
            v.initial.insert(v.initial.end(), p, p + size);
        };
        if (!take("{")) return put();
        for (int depth = 1; depth > 0;) {
            if (take("{"))
                depth++;
            else if (take("}"))
                depth--;
            else if (!take(","))
                put();
        }
    }
    void variables(std::vector<Variable>& into) {
        Variable v = variable();
        if (take("=")) initial(v);
        into.push_back(std::move(v));
        expect(";");
        external_ = false;
    }
    void function() {  // bodies of device functions are read over: a call to one is refused when it is decoded
        next();
        while (peek() != "{" && peek() != ";") next();
        if (!take(";")) skipBraces();
        external_ = false;
    }

    // ---- kernels
    void entry() {
        auto kernel = std::make_unique<Kernel>();
        k_ = kernel.get();
        k_->line = line();
        next();
        k_->name = next();
        if (take("(")) {
            while (!take(")")) {
                if (peek() == ".param") next();
                k_->parameters.push_back(variable());
                take(",");
            }
        }
        while (peek() != "{") {
            std::string directive = next();
            if (directive == ".maxntid" || directive == ".reqntid") {
                unsigned threads = 1;
                do threads *= static_cast<unsigned>(integer());
                while (take(","));
                (directive == ".maxntid" ? k_->maxThreads : k_->requiredThreads) = threads;
            } else if (directive == ".minnctapersm" || directive == ".maxnreg") {
                integer();
            } else if (directive == ".pragma") {
                skipTo(";");
            } else {
                throw Error(line(), "unexpected " + directive);
            }
        }
        expect("{");
        scopes_.assign(1, {});
        source_ = 0;
        while (!scopes_.empty()) statement();
        module_.kernels.push_back(std::move(kernel));
        external_ = false;
    }

    void registers() {
        Type type = Type::NONE;
        while (peek()[0] == '.') type = typeOf(next().substr(1));
        if (type == Type::NONE) throw Error(line(), "registers of an unknown type");
        do {
            std::string name = next();
            if (take("<")) {
                for (int64_t i = 0, n = integer(); i < n; i++) declare(name + std::to_string(i), type);
                expect(">");
            } else {
                declare(name, type);
            }
        } while (take(","));
        expect(";");
    }
    void declare(const std::string& name, Type type) {
        scopes_.back()[name] = static_cast<int>(k_->registers.size());
        k_->registers.push_back(type);
        k_->registerNames.push_back(name);
    }
    int registerOf(const std::string& name) const {
        for (size_t i = scopes_.size(); i-- > 0;)
            if (auto at = scopes_[i].find(name); at != scopes_[i].end()) return at->second;
        return -1;
    }

    void statement() {
        const std::string& t = peek();
        if (take("{")) {
            scopes_.emplace_back();
        } else if (take("}")) {
            scopes_.pop_back();
        } else if (t == ".reg") {
            next();
            registers();
        } else if (t == ".shared" || t == ".local") {
            bool shared = next() == ".shared";
            variables(shared ? k_->shared : k_->local);
        } else if (t == ".loc") {
            next();
            next();
            source_ = static_cast<int>(integer());
            for (int here = tokens_[at_ - 1].line; more() && line() == here;) next();
        } else if (t == ".pragma") {
            skipTo(";");
        } else if (peek(1) == ":" && t[0] != '@') {
            k_->labels[next()] = static_cast<int>(k_->statements.size());
            next();
        } else if (t[0] == '.') {
            throw Error(line(), "unexpected " + t + " in a kernel");
        } else if (!take(";")) {
            instruction();
        }
    }

    void instruction() {
        Statement s;
        s.line = line();
        s.source = source_;
        size_t from = tokens_[at_].from;
        if (take("@")) {
            s.negated = take("!");
            s.guard = registerOf(next());
            if (s.guard < 0) throw Error(s.line, "unknown guard");
        }
        std::string opcode = next();
        for (size_t dot; (dot = opcode.find('.')) != std::string::npos; opcode = opcode.substr(dot + 1)) s.op.push_back(opcode.substr(0, dot));
        s.op.push_back(opcode);
        if (s.op[0] == "call") {
            while (peek() != ";") {
                Operand o;
                o.name = next();
                s.operands.push_back(std::move(o));
            }
        } else {
            while (peek() != ";") {
                s.operands.push_back(operand());
                if (!take(",") && peek() != ";") throw Error(line(), "expected , or ; and found " + peek());
            }
        }
        for (size_t i = from; i < tokens_[at_].from; i++)
            if (char c = text_[i]; c != '\n' && c != '\t') s.text += c;
            else if (!s.text.empty() && s.text.back() != ' ') s.text += ' ';
        next();
        k_->statements.push_back(std::move(s));
    }

    Operand operand() {
        Operand o;
        if (take("[")) {
            o.kind = Operand::ADDRESS;
            if (isNumber(peek())) {
                o.value = integer();
            } else {
                o.name = next();
                o.reg = registerOf(o.name);
                o.value = offset();
            }
            expect("]");
        } else if (take("{")) {
            o.kind = Operand::LIST;
            while (!take("}")) {
                o.items.push_back(operand());
                take(",");
            }
        } else if (take("!")) {
            o = operand();
            o.negated = true;
        } else if (take("-")) {
            o = number(true);
        } else if (isNumber(peek())) {
            o = number(false);
        } else {
            o.name = next();
            o.reg = registerOf(o.name);
            o.kind = o.reg >= 0 ? Operand::REGISTER : Operand::NAME;
            if (take("|"))
                o.items.push_back(operand());
            else
                o.value = offset();
        }
        return o;
    }

    const std::string& text_;
    std::vector<Token> tokens_;
    size_t at_ = 0;
    Module module_;
    Kernel* k_ = nullptr;
    std::vector<std::map<std::string, int>> scopes_;
    bool external_ = false;
    int source_ = 0;
};

}  // namespace

Type typeOf(const std::string& name) {
    for (auto& t : TYPES)
        if (name == t.name) return t.type;
    return Type::NONE;
}

unsigned bytesOf(Type type) {
    for (auto& t : TYPES)
        if (type == t.type) return t.bytes;
    return 0;
}

Module parse(const std::string& text) { return Parser(text).module(); }

}  // namespace emulator::ptx
