// A stand-in for the run-time compiler, as far as the driver uses it: what it "compiles" to is set beforehand, since the emulator runs
// PTX and no machine code. It checks the order of calls, and that programs are given back.
#include <cstring>
#include <set>
#include <string>

#include "api.h"

using namespace emulator;

namespace {

enum Answer { OK = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, COMPILATION = 6 };

struct Program_ {
    std::string source, log, image;
    bool compiled = false;
};

struct Compiler {
    std::set<Program_*> programs;
    std::string answer;
    bool fails = false;
};

Compiler& compiler() {
    static auto* c = new Compiler();
    return *c;
}

Program_* programOf(void* p) {
    auto* program = static_cast<Program_*>(p);
    return compiler().programs.count(program) ? program : nullptr;
}

class Turn {
   public:
    explicit Turn(const char* name) : guard_(Runtime::get().lock) { Runtime::get().calls[name]++; }

   private:
    std::lock_guard<std::mutex> guard_;
};

}  // namespace

extern "C" {

/** What the next compilations give; null: they fail. */
void pie_emulator_compiles_to(const char* image) {
    compiler().fails = !image;
    compiler().answer = image ? image : "";
}
int64_t pie_emulator_programs() { return static_cast<int64_t>(compiler().programs.size()); }

int nvrtcVersion(int* major, int* minor) {
    *major = 12;
    *minor = 6;
    return OK;
}
int nvrtcCreateProgram(void** program, const char* source, const char*, int headers, const char* const*, const char* const*) {
    Turn turn(__func__);
    if (!source || headers != 0) return INVALID_INPUT;
    auto* p = new Program_{source, "", "", false};
    compiler().programs.insert(p);
    *program = p;
    return OK;
}
int nvrtcDestroyProgram(void** program) {
    Turn turn(__func__);
    Program_* p = programOf(*program);
    if (!p) return INVALID_PROGRAM;
    compiler().programs.erase(p);
    delete p;
    *program = nullptr;
    return OK;
}
int nvrtcCompileProgram(void* program, int n, const char* const* options) {
    Turn turn(__func__);
    Program_* p = programOf(program);
    if (!p) return INVALID_PROGRAM;
    if (compiler().fails) {
        p->log = "pie.cu(1): error: on purpose";
        return COMPILATION;
    }
    p->image = "// compiled with";
    for (int i = 0; i < n; i++) p->image += std::string(" ") + options[i];
    p->image += "\n" + compiler().answer;
    p->compiled = true;
    return OK;
}
int nvrtcGetProgramLogSize(void* program, size_t* bytes) {
    Program_* p = programOf(program);
    if (!p) return INVALID_PROGRAM;
    *bytes = p->log.size() + 1;
    return OK;
}
int nvrtcGetProgramLog(void* program, char* to) {
    Program_* p = programOf(program);
    if (!p) return INVALID_PROGRAM;
    std::strcpy(to, p->log.c_str());
    return OK;
}
int nvrtcGetCUBINSize(void* program, size_t* bytes) {
    Program_* p = programOf(program);
    if (!p || !p->compiled) return INVALID_PROGRAM;
    *bytes = p->image.size();
    return OK;
}
int nvrtcGetCUBIN(void* program, char* to) {
    Program_* p = programOf(program);
    if (!p || !p->compiled) return INVALID_PROGRAM;
    std::memcpy(to, p->image.data(), p->image.size());
    return OK;
}

}  // extern "C"
